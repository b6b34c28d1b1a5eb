package dev.doorbell.testplans.engine;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.run.PlanRun;
import dev.doorbell.testplans.run.RunOptions;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.EngineDiscoveryRequest;
import org.junit.platform.engine.EngineExecutionListener;
import org.junit.platform.engine.ExecutionRequest;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestEngine;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;

/** Runs test plans on the JUnit Platform. */
public final class PlanTestEngine implements TestEngine {
    /** The engine's id, the first part of every unique id. */
    public static final String ID = "doorbell-plans";

    /** Configuration parameter and system property: the device's address. */
    public static final String DEVICE = "doorbell.device";

    /** Configuration parameter and system property: the seed. */
    public static final String SEED = "doorbell.seed";

    @Override
    public String getId() {
        return ID;
    }

    @Override
    public Optional<String> getGroupId() {
        return Optional.of("dev.doorbell");
    }

    @Override
    public Optional<String> getArtifactId() {
        return Optional.of("doorbell-testplans");
    }

    @Override
    public TestDescriptor discover(EngineDiscoveryRequest request, UniqueId uniqueId) {
        return new PlanDiscovery(request, uniqueId).discover();
    }

    @Override
    public void execute(ExecutionRequest request) {
        EngineExecutionListener listener = request.getEngineExecutionListener();
        TestDescriptor root = request.getRootTestDescriptor();
        listener.executionStarted(root);
        for (TestDescriptor child : List.copyOf(root.getChildren())) {
            switch (child) {
                case PlanDescriptor plan -> run(plan, request.getConfigurationParameters(), listener);
                default -> unreadable(child, listener);
            }
        }
        listener.executionFinished(root, TestExecutionResult.successful());
    }

    private static void unreadable(TestDescriptor child, EngineExecutionListener listener) {
        listener.executionStarted(child);
        listener.executionFinished(child, TestExecutionResult.failed(((UnreadablePlanDescriptor) child).problem()));
    }

    private static void run(PlanDescriptor plan, ConfigurationParameters parameters, EngineExecutionListener listener) {
        listener.executionStarted(plan);
        String address = parameters.get(DEVICE).orElse("sim:");
        try (Controller controller = Controller.open(address)) {
            RunOptions options = new RunOptions(seed(parameters), included(plan), false);
            RunResult result = new PlanRun(plan.plan(), controller, options, new CaseReporter(plan, listener)).run();
            listener.executionFinished(
                    plan,
                    result.state() == State.ERROR
                            ? TestExecutionResult.failed(new PlanFailure(result.finding(), result.source()))
                            : TestExecutionResult.successful());
        } catch (DoorbellException | IllegalArgumentException e) {
            listener.executionFinished(plan, TestExecutionResult.failed(e));
        }
    }

    private static OptionalLong seed(ConfigurationParameters parameters) {
        Optional<BigInteger> seed = parameters
                .get(SEED)
                .map(text -> Quantities.integer(text)
                        .orElseThrow(() -> new IllegalArgumentException(
                                SEED + "=" + text + " is no number; allowed: 12 or 0x0c")));
        return seed.map(s -> OptionalLong.of(s.longValue())).orElse(OptionalLong.empty());
    }

    /** The cases that were not filtered away after discovery. */
    private static Set<String> included(PlanDescriptor plan) {
        return plan.getDescendants().stream()
                .filter(CaseDescriptor.class::isInstance)
                .map(d -> ((CaseDescriptor) d).fullId())
                .collect(Collectors.toSet());
    }
}
