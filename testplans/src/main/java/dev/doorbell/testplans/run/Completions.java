package dev.doorbell.testplans.run;

import dev.doorbell.driver.Command;
import dev.doorbell.driver.Completion;
import dev.doorbell.driver.Qpair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;

/** Sends commands and waits for their ends, and can be cancelled meanwhile. */
final class Completions {
    private static final int EAGER_POLLS = 2_000;
    private static final int BRISK_POLLS = 6_000;
    private static final long MARGIN_NANOS = 15_000_000_000L;

    private final Flow flow;

    Completions(Flow flow) {
        this.flow = flow;
    }

    /**
     * Submits all with one doorbell, as the two of a fused pair must be (NVMe Base 2.0c §3.4.2), then waits for all; the
     * ends come in the order of the commands.
     */
    List<Completion> send(Qpair qpair, List<Command> commands, Duration longest) {
        List<CompletableFuture<Completion>> pending = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            boolean last = i == commands.size() - 1;
            pending.add(qpair.send(last ? commands.get(i) : commands.get(i).holdDoorbell()));
        }
        long start = System.nanoTime();
        int polls = 0;
        for (CompletableFuture<Completion> end : pending) {
            while (!end.isDone()) {
                qpair.poll();
                rest(++polls);
                flow.check();
                if (System.nanoTime() - start > longest.toNanos() + MARGIN_NANOS) {
                    throw new StepFailure(
                            "The command did not end, not even by its time limit.",
                            "an end within the time limit",
                            "none");
                }
            }
        }
        try {
            return pending.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException r ? r : e;
        }
    }

    private static void rest(int polls) {
        if (polls < EAGER_POLLS) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(polls < BRISK_POLLS ? 20_000 : 500_000);
        }
    }
}
