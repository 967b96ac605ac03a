package org.quorate.core.conf;

/** Under construction. */
public final class CorosyncConf {
    private CorosyncConf() {}
}
