package dev.doorbell.app.views.identify;

import dev.doorbell.plugin.Texts;
import dev.doorbell.spec.IdentifySpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * One thing the Identify command can be asked for.
 *
 * @param spec the structure
 * @param nsid the namespace, 0 for none
 * @param text as the chooser says it
 */
record Choice(IdentifySpec spec, int nsid, String text) {
    /** Lists begin at a namespace instead of naming one (NVMe Base 2.0c §5.17.2). */
    private static final Set<Integer> LISTS = Set.of(0x02, 0x07, 0x10, 0x1a);

    private static final int CONTROLLER = 0x01;
    static final int NAMESPACE = 0x00;

    /** All there is to choose on a device with these namespaces: controller, namespaces, then by CNS. */
    static List<Choice> all(List<IdentifySpec> specs, List<Integer> namespaces, Texts texts) {
        List<Choice> choices = new ArrayList<>();
        for (IdentifySpec spec : specs) {
            String cns = String.format("0x%02x", spec.cns());
            if (spec.nsid() && !LISTS.contains(spec.cns())) {
                for (int nsid : namespaces) {
                    String text = spec.cns() == NAMESPACE
                            ? texts.get("namespace", Integer.toUnsignedString(nsid), cns)
                            : texts.get("ofNamespace", spec.title(), Integer.toUnsignedString(nsid), cns);
                    choices.add(new Choice(spec, nsid, text));
                }
            } else {
                String title = spec.cns() == CONTROLLER ? texts.get("controller") : spec.title();
                choices.add(new Choice(spec, 0, texts.get("plain", title, cns)));
            }
        }
        choices.sort(Comparator.comparingInt(Choice::rank));
        return choices;
    }

    private int rank() {
        return switch (spec.cns()) {
            case CONTROLLER -> 0;
            case NAMESPACE -> 1;
            default -> 2 + spec.cns();
        };
    }

    /** The same thing, whatever the object. */
    boolean isSame(Choice other) {
        return spec.cns() == other.spec.cns() && spec.csi() == other.spec.csi() && nsid == other.nsid;
    }

    @Override
    public String toString() {
        return text;
    }
}
