package dev.doorbell.testplans.engine;

import dev.doorbell.testplans.plan.PlanCase;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;

/** A case. */
final class CaseDescriptor extends AbstractTestDescriptor {
    private final String fullId;

    CaseDescriptor(UniqueId id, PlanCase c, TestSource source) {
        super(id, c.title(), source);
        this.fullId = c.fullId();
    }

    String fullId() {
        return fullId;
    }

    @Override
    public Type getType() {
        return Type.TEST;
    }

    @Override
    public String getLegacyReportingName() {
        return fullId;
    }
}
