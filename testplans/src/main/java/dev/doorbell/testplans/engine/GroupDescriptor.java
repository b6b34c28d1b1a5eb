package dev.doorbell.testplans.engine;

import dev.doorbell.testplans.plan.Plan.CaseGroup;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;

/** A group of cases. */
final class GroupDescriptor extends AbstractTestDescriptor {
    private final String id;

    GroupDescriptor(UniqueId uniqueId, CaseGroup group, TestSource source) {
        super(uniqueId, group.title(), source);
        this.id = group.id();
    }

    String id() {
        return id;
    }

    @Override
    public Type getType() {
        return Type.CONTAINER;
    }
}
