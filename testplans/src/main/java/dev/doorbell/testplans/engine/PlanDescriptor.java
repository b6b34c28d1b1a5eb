package dev.doorbell.testplans.engine;

import dev.doorbell.testplans.plan.Plan;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;

/** A plan. */
final class PlanDescriptor extends AbstractTestDescriptor {
    private final Plan plan;

    PlanDescriptor(UniqueId id, Plan plan, TestSource source) {
        super(id, plan.title(), source);
        this.plan = plan;
    }

    Plan plan() {
        return plan;
    }

    @Override
    public Type getType() {
        return Type.CONTAINER;
    }
}
