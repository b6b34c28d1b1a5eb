package dev.doorbell.driver;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the conformance suite, every class that is marked {@link OnEveryDevice} or {@link OnEveryTransport}, in one JVM and without a build
 * tool: on a device of a virtual machine that has neither. Tests with the tag {@code long} are left out: they say nothing of the device, and an emulated processor
 * takes minutes for them. {@code -Ddoorbell.addresses=} names the devices; arguments choose classes by their simple names,
 * and suites for one kind of device, such as {@link KernelDeviceSuite}, run only when they are chosen.
 *
 * <p>Prints a line for each test. The status is 1 if a test failed, if one was skipped, or if none ran.
 */
final class ConformanceRun {
    private ConformanceRun() {}

    public static void main(String[] classes) throws Exception {
        Listener listener = new Listener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(suite(List.of(classes)).stream()
                                        .map(c -> selectClass(c))
                                        .toList())
                                .filters(TagFilter.excludeTags("long"))
                                .build(),
                        listener);
        System.out.printf("%d passed, %d failed, %d skipped%n", listener.passed, listener.failed, listener.skipped);
        boolean good = listener.passed > 0 && listener.failed == 0 && listener.skipped == 0;
        // Threads of a test that hung must not keep the machine.
        Runtime.getRuntime().halt(good ? 0 : 1);
    }

    private static List<Class<?>> suite(List<String> chosen)
            throws IOException, URISyntaxException, ClassNotFoundException {
        Path folder = Path.of(
                        ConformanceRun.class.getResource("ConformanceRun.class").toURI())
                .getParent();
        List<String> names;
        try (Stream<Path> files = Files.list(folder)) {
            names = files.map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith("Test.class") || n.endsWith("Suite.class"))
                    .map(n -> n.substring(0, n.length() - ".class".length()))
                    .sorted()
                    .toList();
        }
        List<Class<?>> suite = new ArrayList<>();
        for (String name : names) {
            Class<?> type = Class.forName(
                    ConformanceRun.class.getPackageName() + "." + name, false, ConformanceRun.class.getClassLoader());
            boolean everywhere =
                    type.isAnnotationPresent(OnEveryDevice.class) || type.isAnnotationPresent(OnEveryTransport.class);
            if (chosen.contains(name) || everywhere && chosen.isEmpty()) {
                suite.add(type);
            }
        }
        return suite;
    }

    private static final class Listener implements TestExecutionListener {
        private TestPlan plan;
        private int passed;
        private int failed;
        private int skipped;
        private long started;

        @Override
        public void testPlanExecutionStarted(TestPlan testPlan) {
            plan = testPlan;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            started = System.nanoTime();
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped++;
            System.out.printf("SKIPPED %s: %s%n", path(test), reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            long millis = (System.nanoTime() - started) / 1_000_000;
            if (result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
                failed++;
                System.out.printf("FAILED  %s (%d ms)%n", path(test), millis);
                result.getThrowable().ifPresent(e -> e.printStackTrace(System.out));
            } else if (test.isTest()) {
                passed++;
                System.out.printf("passed  %s (%d ms)%n", path(test), millis);
            }
        }

        private String path(TestIdentifier test) {
            String parent = plan.getParent(test)
                    .filter(p -> p.getParentId().isPresent())
                    .map(p -> path(p) + " > ")
                    .orElse("");
            return parent + test.getDisplayName();
        }
    }
}
