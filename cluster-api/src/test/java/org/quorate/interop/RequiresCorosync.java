package org.quorate.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test class that runs against real Corosync daemons.
 *
 * <p>Where the daemons, their tools or namespaces are missing, it is skipped and the run says so in one line; with the
 * environment variable {@code QUORATE_INTEROP=required} that is a failure instead. When a test fails, the state and the
 * logs of all clusters alive are written to {@code target/interop-logs}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag("interop")
@ExtendWith(CorosyncExtension.class)
public @interface RequiresCorosync {}
