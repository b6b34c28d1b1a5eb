package dev.doorbell.app.views.features;

import dev.doorbell.app.views.reading.NamespaceId;
import dev.doorbell.driver.Command;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Controller.FeatureValue;
import dev.doorbell.driver.Controller.Select;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FeatureSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One feature as the device has it. Immutable.
 *
 * @param spec the feature
 * @param nsid the namespace that was asked for, 0 for none, -1 for all
 * @param perNamespace whether NSID chooses an instance
 * @param values what the device told; empty when it was not asked or refused
 * @param refusal why there is no current value, in words; empty when there is one
 */
record FeatureValues(
        FeatureSpec spec, int nsid, boolean perNamespace, Map<Select, FeatureValue> values, String refusal) {
    /** Bits of the answer to SEL 011b (NVMe Base 2.0c §5.15.1). */
    private static final int SAVEABLE = 1;

    private static final int CHANGEABLE = 4;

    FeatureValues {
        values = Map.copyOf(values);
    }

    /**
     * Reads all features that the device is not known to lack; one that it refuses is no failure, a queue that is dead is.
     *
     * @param wanted the namespace for those features that have one each; empty for the first one
     */
    static List<FeatureValues> readAll(Controller controller, FeatureSupport support, Optional<NamespaceId> wanted) {
        support.learn(controller);
        List<Integer> active = controller.activeNamespaces();
        List<FeatureValues> all = new ArrayList<>();
        for (FeatureSpec spec : support.all()) {
            boolean each = support.perNamespace(spec);
            int nsid = each ? wanted.map(NamespaceId::value).orElse(active.isEmpty() ? 1 : active.getFirst()) : 0;
            all.add(
                    support.lacks(spec.fid(), nsid)
                            ? new FeatureValues(spec, nsid, each, Map.of(), "")
                            : read(controller, support, spec, nsid));
        }
        return all;
    }

    private static FeatureValues read(Controller controller, FeatureSupport support, FeatureSpec spec, int nsid) {
        boolean each = support.perNamespace(spec);
        Map<Select, FeatureValue> values = new EnumMap<>(Select.class);
        try {
            values.put(Select.CURRENT, controller.getFeature(spec.fid(), Select.CURRENT, nsid, 0));
        } catch (Command.StatusException e) {
            support.refuse(spec.fid(), nsid);
            return new FeatureValues(spec, nsid, each, Map.of(), e.getMessage());
        }
        if (support.selects()) {
            ask(controller, spec, Select.CAPABILITIES, nsid, values);
            ask(controller, spec, Select.DEFAULT, nsid, values);
            // One that cannot be saved has no saved value, and some devices say so with an error.
            if (saveable(values)) {
                ask(controller, spec, Select.SAVED, nsid, values);
            }
        }
        return new FeatureValues(spec, nsid, each, values, "");
    }

    private static void ask(
            Controller controller, FeatureSpec spec, Select select, int nsid, Map<Select, FeatureValue> into) {
        try {
            into.put(select, controller.getFeature(spec.fid(), select, nsid, 0));
        } catch (Command.StatusException e) {
            // Left out, as the table shows.
        }
    }

    private static boolean saveable(Map<Select, FeatureValue> values) {
        return values.containsKey(Select.CAPABILITIES)
                && (values.get(Select.CAPABILITIES).cdw0() & SAVEABLE) != 0;
    }

    /** One of the values, if the device told it. */
    Optional<FeatureValue> value(Select select) {
        return Optional.ofNullable(values.get(select));
    }

    /** What is in force. */
    Optional<FeatureValue> current() {
        return value(Select.CURRENT);
    }

    /** Whether the device was asked in vain, or not at all because it is known to lack the feature. */
    boolean isAbsent() {
        return current().isEmpty();
    }

    boolean isSaveable() {
        return saveable(values);
    }

    /** Unknown counts as changeable: the device will say so if it is not. */
    boolean isChangeable() {
        return value(Select.CAPABILITIES).map(c -> (c.cdw0() & CHANGEABLE) != 0).orElse(true);
    }

    /** Whether what is to be set is more than dword 11. */
    boolean takesMore() {
        return spec.setsData() && spec.dataStructure().isPresent()
                || spec.cdw11().stream().anyMatch(f -> f.dword() > 11);
    }

    /** The bytes of a value: its data structure, or else dword 0 of the completion. */
    byte[] bytes(FeatureValue value) {
        return value.data().length > 0
                ? value.data()
                : ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(value.cdw0())
                        .array();
    }

    /** The bytes of {@link #bytes}, decoded. */
    Decoded decode(FeatureValue value) {
        return value.data().length > 0 && spec.dataStructure().isPresent()
                ? spec.dataStructure().get().decode(value.data())
                : spec.decode(value.cdw0());
    }

    /** Where readings of this value are kept in the session's history. */
    String key() {
        return "feature/" + spec.fid() + "/" + Integer.toUnsignedString(nsid);
    }
}
