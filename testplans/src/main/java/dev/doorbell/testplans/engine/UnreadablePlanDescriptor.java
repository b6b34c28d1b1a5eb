package dev.doorbell.testplans.engine;

import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;

/** A plan that cannot be read: a test that fails with the reader's message. */
final class UnreadablePlanDescriptor extends AbstractTestDescriptor {
    private final RuntimeException problem;

    UnreadablePlanDescriptor(UniqueId id, String name, RuntimeException problem, TestSource source) {
        super(id, name, source);
        this.problem = problem;
    }

    RuntimeException problem() {
        return problem;
    }

    @Override
    public Type getType() {
        return Type.TEST;
    }
}
