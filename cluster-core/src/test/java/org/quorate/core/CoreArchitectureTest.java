package org.quorate.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The module's shape: engines are pure, only the shell and its like touch the world, and no package depends on itself in a circle. */
class CoreArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.quorate.core");

    private static final String[] PURE = {
        "org.quorate.core",
        "org.quorate.core.ring..",
        "org.quorate.core.pack..",
        "org.quorate.core.sync..",
        "org.quorate.core.service..",
        "org.quorate.core.group..",
        "org.quorate.core.request..",
        "org.quorate.core.change"
    };

    /** Values that are no way to the network. */
    private static final Set<String> ADDRESS_VALUES = Set.of("java.net.InetSocketAddress", "java.net.InetAddress");

    private static final List<String> WORLD = List.of(
            "java.net",
            "java.nio.channels",
            "java.nio.file",
            "java.io",
            "java.util.concurrent",
            "io.netty",
            "org.slf4j");

    private static final DescribedPredicate<JavaClass> TOUCHES_THE_WORLD = describe("touch the world", type -> {
        String name = type.getBaseComponentType().getName();
        return !ADDRESS_VALUES.contains(name)
                && (WORLD.stream().anyMatch(p -> name.startsWith(p + "."))
                        || Set.of("java.lang.Thread", "java.time.Clock", "java.util.Random")
                                .contains(name));
    });

    private static final DescribedPredicate<JavaMethodCall> ASKS_THE_WORLD =
            describe("ask for time, chance, identity or settings", call -> {
                String method =
                        call.getTargetOwner().getName() + "." + call.getTarget().getName();
                return Set.of(
                                "java.lang.System.nanoTime",
                                "java.lang.System.currentTimeMillis",
                                "java.lang.System.getProperty",
                                "java.lang.System.getenv",
                                "java.lang.System.identityHashCode",
                                "java.lang.Math.random",
                                "java.time.Instant.now",
                                "java.util.UUID.randomUUID",
                                "java.util.random.RandomGenerator.getDefault",
                                "java.util.random.RandomGenerator.of",
                                "java.util.Collections.shuffle")
                        .contains(method);
            });

    @Test
    void enginesDoNotTouchTheWorld() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .dependOnClassesThat(TOUCHES_THE_WORLD)
                .check(CLASSES);
    }

    @Test
    void enginesAreToldTheTimeAndGivenTheirChance() {
        noClasses()
                .that()
                .resideInAnyPackage(PURE)
                .should()
                .callMethodWhere(ASKS_THE_WORLD)
                .check(CLASSES);
    }

    @Test
    void enginesDoNotKnowTheShell() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.quorate.core.shell..", "org.quorate.core.manage..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.quorate.core.shell..")
                .check(CLASSES);
    }

    @Test
    void transportsAndQuorumProvidersAreFoundByNameOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.quorate.knet..", "org.quorate.quorum..")
                .check(CLASSES);
    }

    @Test
    void certificatesAreMadeInOnePackageAndJsonIsReadInAnother() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quorate.core.join..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bouncycastle..")
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.quorate.core.json..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(CLASSES);
    }

    @Test
    void packagesFormNoCircle() {
        slices().matching("org.quorate.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theRuleAgainstTheWorldFindsTheShell() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> noClasses()
                        .that()
                        .resideInAPackage("org.quorate.core.shell..")
                        .should()
                        .dependOnClassesThat(TOUCHES_THE_WORLD)
                        .check(CLASSES))
                .isInstanceOf(AssertionError.class);
    }
}
