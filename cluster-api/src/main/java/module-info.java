/** What applications ({@code org.quorate}) and plug-in authors ({@code org.quorate.spi}, {@code org.quorate.engine}) see. */
module org.quorate.api {
    requires static transitive org.jspecify;

    exports org.quorate;
    exports org.quorate.engine;
    exports org.quorate.spi;

    uses org.quorate.spi.ClusterManagerFactory;
}
