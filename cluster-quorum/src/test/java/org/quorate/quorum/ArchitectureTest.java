package org.quorate.quorum;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules for the module's packages: what decides is pure, and nothing points backwards. */
class ArchitectureTest {
    private static final String PURE = "org.quorate.quorum.vote..";
    private static final JavaClasses MODULE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.quorate.quorum");

    @Test
    void theVoteEngineIsPure() {
        noClasses()
                .that()
                .resideInAPackage(PURE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..",
                        "java.io..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.util.concurrent..",
                        "java.util.logging..",
                        "org.slf4j..",
                        "io.netty..")
                .check(MODULE);
        noClasses()
                .that()
                .resideInAPackage(PURE)
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.time.Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.Random.class)
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(java.util.HashMap.class)
                .check(MODULE);
    }

    @Test
    void theWirePackageKnowsNothingOfTheEngine() {
        classes()
                .that()
                .resideInAPackage("..vote.wire")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("..vote.wire", "org.quorate", "java..", "org.jspecify..")
                .check(MODULE);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("org.quorate.(quorum..)").should().beFreeOfCycles().check(MODULE);
    }
}
