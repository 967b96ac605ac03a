package org.quorate.knet;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What may use what: engines stay pure, Netty stays in its package, nothing goes round in circles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // the classes are read once, and let go afterwards
class ArchitectureTest {
    private static final String[] PURE = {
        "org.quorate.knet.wire..",
        "org.quorate.knet.crypto..",
        "org.quorate.knet.compress..",
        "org.quorate.knet.link..",
        "org.quorate.knet.probe.."
    };

    private static final Set<String> ADDRESS_VALUES =
            Set.of(InetSocketAddress.class.getName(), InetAddress.class.getName());

    /** Streams over arrays, which libraries for compression want, do no input or output. */
    private static final Set<String> ARRAY_STREAMS =
            Set.of("ByteArrayInputStream", "InputStream", "OutputStream", "IOException", "UncheckedIOException");

    private final JavaClasses main = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.quorate.knet");

    @Test
    void theModuleIsSeen() {
        assertThat(main).hasSizeGreaterThan(20);
        for (String pure : PURE)
            assertThat(main.that(JavaClass.Predicates.resideInAPackage(pure)))
                    .as(pure)
                    .isNotEmpty();
    }

    @Test
    void purePackagesDoNoInputOrOutputAndHaveNoThreads() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(
                        new DescribedPredicate<>("do input or output, run threads, log or belong to Netty") {
                            @Override
                            public boolean test(JavaClass type) {
                                String name = type.getPackageName();
                                if (name.equals("java.net")) return !ADDRESS_VALUES.contains(type.getName());
                                if (name.equals("java.io") && ARRAY_STREAMS.contains(type.getSimpleName()))
                                    return false;
                                return name.startsWith("java.io")
                                        || name.startsWith("java.nio.channels")
                                        || name.startsWith("java.nio.file")
                                        || name.startsWith("java.util.concurrent")
                                        || name.startsWith("java.util.logging")
                                        || name.startsWith("org.slf4j")
                                        || name.startsWith("io.netty");
                            }
                        })
                .check(main);
    }

    @Test
    void purePackagesReadNoClockAndNoSystemState() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Runtime.class, java.time.Clock.class, java.time.Instant.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "identityHashCode", Object.class)
                .check(main);
    }

    @Test
    void randomnessIsPassedIntoPurePackages() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callConstructor(java.security.SecureRandom.class)
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .callMethod(Math.class, "random")
                .check(main);
    }

    @Test
    void nettyAppearsInItsPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quorate.knet.netty..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(main);
    }

    @Test
    void javasCryptographyIsUsedInItsPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quorate.knet.crypto..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("javax.crypto..")
                .check(main);
    }

    @Test
    void onlyCodecsKnowLibrariesForCompression() {
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Codec")
                .or()
                .resideOutsideOfPackage("org.quorate.knet.compress..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "net.jpountz..",
                        "com.github.luben..",
                        "org.tukaani..",
                        "org.apache.commons..",
                        "java.util.zip..")
                .check(main);
    }

    @Test
    void packagesDoNotGoRoundInCircles() {
        slices().matching("org.quorate.knet.(*)..").should().beFreeOfCycles().check(main);
        slices().matching("org.quorate.(knet..)").should().beFreeOfCycles().check(main);
    }

    @Test
    void layoutsKnowNothingOfWhatUsesThem() {
        classes()
                .that()
                .resideInAPackage("org.quorate.knet.wire..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("org.quorate.knet.wire..", "java..", "org.jspecify..")
                .check(main);
    }
}
