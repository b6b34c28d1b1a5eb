package dev.doorbell.app.views.features;

import dev.doorbell.driver.Command;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.driver.Controller.Select;
import dev.doorbell.spec.FeatureSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One feature as the device has it; each value is empty when the device refuses to tell it.
 *
 * @param spec the feature
 * @param nsid the namespace that was asked for, 0 for none
 * @param current what is in force
 * @param standard the factory's value
 * @param saved what will be in force after the next reset
 * @param capabilities whether it can be changed and saved
 * @param refusal what the device said to the question for the current value; empty when it answered
 */
record FeatureValues(
        FeatureSpec spec,
        int nsid,
        Optional<FeatureValue> current,
        Optional<FeatureValue> standard,
        Optional<FeatureValue> saved,
        Optional<FeatureValue> capabilities,
        String refusal) {
    /** Bits of the answer to SEL 011b (NVMe Base 2.0c §5.15.1). */
    private static final int SAVEABLE = 1;

    private static final int CHANGEABLE = 4;

    /** Reads all features; a feature the device refuses is no failure, a queue that is dead is. */
    static List<FeatureValues> readAll(Controller controller, List<FeatureSpec> specs) {
        List<Integer> namespaces = controller.activeNamespaces();
        int first = namespaces.isEmpty() ? 0 : namespaces.getFirst();
        List<FeatureValues> all = new ArrayList<>();
        for (FeatureSpec spec : specs) {
            all.add(read(controller, spec, spec.perNamespace() ? first : 0));
        }
        return all;
    }

    static FeatureValues read(Controller controller, FeatureSpec spec, int nsid) {
        String refusal = "";
        Optional<FeatureValue> current = Optional.empty();
        try {
            current = Optional.of(controller.getFeature(spec.fid(), Select.CURRENT, nsid, 0));
        } catch (Command.StatusException e) {
            refusal = e.getMessage();
        }
        if (current.isEmpty()) {
            return new FeatureValues(spec, nsid, current, current, current, current, refusal);
        }
        return new FeatureValues(
                spec,
                nsid,
                current,
                ask(controller, spec, Select.DEFAULT, nsid),
                ask(controller, spec, Select.SAVED, nsid),
                ask(controller, spec, Select.CAPABILITIES, nsid),
                refusal);
    }

    private static Optional<FeatureValue> ask(Controller controller, FeatureSpec spec, Select select, int nsid) {
        try {
            return Optional.of(controller.getFeature(spec.fid(), select, nsid, 0));
        } catch (Command.StatusException e) {
            return Optional.empty();
        }
    }

    boolean isSaveable() {
        return capabilities.filter(c -> (c.cdw0() & SAVEABLE) != 0).isPresent();
    }

    /** Unknown counts as changeable: the device will say so if it is not. */
    boolean isChangeable() {
        return capabilities.map(c -> (c.cdw0() & CHANGEABLE) != 0).orElse(true);
    }
}
