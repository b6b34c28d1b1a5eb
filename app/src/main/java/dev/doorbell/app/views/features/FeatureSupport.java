package dev.doorbell.app.views.features;

import dev.doorbell.driver.Command;
import dev.doorbell.driver.Controller;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.FeatureSpec;
import dev.doorbell.spec.LogPageSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which features one device has: from its log page 12h (NVMe Base 2.0c §5.16.1.18) where it has that, else from what it
 * refused before. So a refresh asks for nothing that the device is known to refuse, and its error log stays clean. Used on
 * the session's thread alone.
 */
final class FeatureSupport {
    private static final int EFFECTS = 0x12;
    private static final int IDENTIFIERS = 256;

    /** A question that was refused; an answer for one namespace says nothing about another. */
    private record Question(int fid, int nsid) {}

    private final Catalogue catalogue;
    private final Set<Question> refused = new HashSet<>();
    private final Set<Integer> insisted = new HashSet<>();
    private Optional<Decoded> effects = Optional.empty();
    private boolean selects;
    private boolean learnt;

    FeatureSupport(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /** Asks the device once what it has. */
    void learn(Controller controller) {
        if (learnt) {
            return;
        }
        Decoded identity =
                catalogue.structure("identify-controller").orElseThrow().decode(controller.identifyController());
        // ONCS bit 4: Save and Select mean something. LPA bit 5: there is log page 12h (§5.17.2.1).
        selects = set(identity, "ONCS.SSFS");
        if (set(identity, "LPA.MLPS")) {
            effects = readEffects(controller);
        }
        learnt = true;
    }

    private Optional<Decoded> readEffects(Controller controller) {
        Optional<LogPageSpec> page = catalogue.logPage(EFFECTS);
        try {
            return page.flatMap(p -> p.structure()
                    .map(s -> s.decode(controller.logPage(EFFECTS, -1, Math.max(4, p.bytes()), 0, 0, true))));
        } catch (Command.StatusException e) {
            // It says it has the page and does not give it: then from what it refuses.
            return Optional.empty();
        }
    }

    private static boolean set(Decoded in, String path) {
        return in.find(path).filter(d -> !d.isZero()).isPresent();
    }

    /** The features of the catalogue, and those that the device lists beside them, by identifier. */
    List<FeatureSpec> all() {
        List<FeatureSpec> all = new ArrayList<>(catalogue.features());
        for (int fid = 0; fid < IDENTIFIERS; fid++) {
            if (lists(fid) && catalogue.feature(fid).isEmpty()) {
                all.add(FeatureSpec.unknown(fid, effect(fid, "NSCPE")));
            }
        }
        all.sort(Comparator.comparingInt(FeatureSpec::fid));
        return all;
    }

    /** Whether NSID chooses an instance of it. */
    boolean perNamespace(FeatureSpec spec) {
        return spec.perNamespace() || effect(spec.fid(), "NSCPE");
    }

    /** Whether defaults, saved values and capabilities can be asked for. */
    boolean selects() {
        return selects;
    }

    /** Whether the device is known not to have it. */
    boolean lacks(int fid, int nsid) {
        boolean unlisted = effects.isPresent() && !lists(fid) && !insisted.contains(fid);
        return unlisted || refused.contains(new Question(fid, nsid));
    }

    /** Whether it is the device's own list that does not have it, and not an answer to a question. */
    boolean unlisted(int fid) {
        return effects.isPresent() && !lists(fid);
    }

    /** Takes note of a refusal, so that the question is not put again. */
    void refuse(int fid, int nsid) {
        refused.add(new Question(fid, nsid));
    }

    /** The user wants to ask all the same. */
    void insist(int fid) {
        insisted.add(fid);
        refused.removeIf(q -> q.fid() == fid);
    }

    private boolean lists(int fid) {
        return effect(fid, "FSUPP");
    }

    private boolean effect(int fid, String bit) {
        return effects.filter(e -> set(e, "FIS[" + fid + "]." + bit)).isPresent();
    }
}
