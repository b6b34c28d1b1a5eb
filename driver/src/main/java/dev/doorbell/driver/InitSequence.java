package dev.doorbell.driver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is done to bring a controller up, step by step, NVMe Base 2.0c §3.5.1. Immutable: every method that changes something returns a new
 * sequence. {@link Controller#initialise(Controller.Options, InitSequence)} runs it, and runs it again after every reset.
 *
 * <p>A test that wants another order, other register values or fewer commands leaves out, replaces or adds steps:
 *
 * <pre>{@code
 * controller.initialise(Controller.Options.defaults(), InitSequence.defaults()
 *         .without(InitSequence.Step.ASYNC_EVENTS)
 *         .replace(InitSequence.Step.NUMBER_OF_QUEUES, bringup -> bringup.requestQueues(2, 2)));
 * }</pre>
 */
public final class InitSequence {
    /** The steps of {@link #defaults()}, in their order. */
    public enum Step {
        /** CC.EN = 0, and waits for CSTS.RDY = 0. */
        DISABLE(Bringup::disable),
        /** Memory for the admin queues; bus mastering and MSI-X; AQA, ASQ, ACQ. */
        ADMIN_QUEUES(bringup -> {
            bringup.prepareAdminQueues(bringup.options().adminDepth());
            bringup.attachAdminQueues();
        }),
        /** CC with the options' fields, and EN = 0. */
        CONFIGURE(bringup -> bringup.configure(bringup.configuration())),
        /** CC.EN = 1, and waits for CSTS.RDY = 1. */
        ENABLE(Bringup::enable),
        /** Identify controller; left out for controllers that have admin commands only. */
        IDENTIFY(bringup -> {
            if (!bringup.adminOnly()) {
                bringup.controller().identifyController();
            }
        }),
        /** Set Features 07h, for as many queues as there are; left out for controllers that have admin commands only. */
        NUMBER_OF_QUEUES(bringup -> {
            if (!bringup.adminOnly()) {
                bringup.requestQueues(0xffff, 0xffff);
            }
        }),
        /** The options' number of asynchronous event requests, kept armed. */
        ASYNC_EVENTS(bringup -> bringup.armAsyncEvents(bringup.options().asyncEvents()));

        private final Action action;

        Step(Action action) {
            this.action = action;
        }
    }

    /** What a step does. */
    @FunctionalInterface
    public interface Action {
        /** Does it; what it throws comes out of {@link Controller#initialise()}. */
        void run(Bringup bringup);
    }

    /** The step is null for an action that was added. */
    private record Entry(Step step, Action action) {}

    private static final InitSequence DEFAULTS = new InitSequence(Arrays.stream(Step.values())
            .map(step -> new Entry(step, step.action))
            .toList());

    private final List<Entry> entries;

    private InitSequence(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** All steps, in their order. */
    public static InitSequence defaults() {
        return DEFAULTS;
    }

    /** No step at all, to add one's own. */
    public static InitSequence empty() {
        return new InitSequence(List.of());
    }

    /** Without a step. */
    public InitSequence without(Step step) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.remove(find(step));
        return new InitSequence(changed);
    }

    /** With another action in place of a step's own. */
    public InitSequence replace(Step step, Action action) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.set(find(step), new Entry(step, action));
        return new InitSequence(changed);
    }

    /** With an action right before a step. */
    public InitSequence before(Step step, Action action) {
        return insert(find(step), action);
    }

    /** With an action right after a step. */
    public InitSequence after(Step step, Action action) {
        return insert(find(step) + 1, action);
    }

    /** With a step, as it is in {@link #defaults()}, at the end. */
    public InitSequence then(Step step) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.add(new Entry(step, step.action));
        return new InitSequence(changed);
    }

    /** With an action at the end. */
    public InitSequence then(Action action) {
        return insert(entries.size(), action);
    }

    private InitSequence insert(int index, Action action) {
        List<Entry> changed = new ArrayList<>(entries);
        changed.add(index, new Entry(null, action));
        return new InitSequence(changed);
    }

    private int find(Step step) {
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).step == step) {
                return i;
            }
        }
        throw new IllegalArgumentException(step + " is not in this sequence: " + this);
    }

    /** Then the driver does it in one call, which works on devices without registers too. */
    boolean isDefault() {
        return this == DEFAULTS;
    }

    void run(Bringup bringup) {
        entries.forEach(entry -> entry.action.run(bringup));
    }

    /** The names of its steps. */
    @Override
    public String toString() {
        return entries.stream()
                .map(entry -> entry.step == null ? "action" : entry.step.name())
                .collect(Collectors.joining(", "));
    }
}
