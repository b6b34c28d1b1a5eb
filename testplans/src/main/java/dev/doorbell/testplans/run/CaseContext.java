package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.AsyncEvent;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * What the steps of one case share.
 *
 * @param facts what the plan may ask of the device
 * @param saved what steps saved, and counters of repetitions
 * @param events asynchronous events since the case began that no step took yet
 * @param samples hears of each worker interval, with the step's title
 * @param series collects what workers did
 */
record CaseContext(
        PlanCase plan,
        Controller controller,
        Catalogue catalogue,
        Flow flow,
        CaseResources resources,
        DeviceFacts facts,
        Map<String, String> saved,
        ConcurrentLinkedQueue<AsyncEvent> events,
        long seed,
        BiConsumer<String, WorkerSample> samples,
        java.util.function.Consumer<WorkerSeries> series) {

    static CaseContext of(
            PlanCase plan,
            Controller controller,
            Catalogue catalogue,
            Flow flow,
            CaseResources resources,
            DeviceFacts facts,
            long seed,
            BiConsumer<String, WorkerSample> samples,
            java.util.function.Consumer<WorkerSeries> series) {
        return new CaseContext(
                plan,
                controller,
                catalogue,
                flow,
                resources,
                facts,
                new HashMap<>(),
                new ConcurrentLinkedQueue<>(),
                seed,
                samples,
                series);
    }

    /** Saved values first, then parameters, then facts of the device. */
    Scope scope() {
        return CaseScopes.of(plan, saved, facts);
    }
}
