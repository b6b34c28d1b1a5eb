package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.app.views.traffic.Check.Level;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.plugin.Texts;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Judges a draft against a device, before anything is started. */
final class Checks {
    private static final int MOST_SIZES = 64;
    private static final int MOST_OPERATIONS = 16;

    private final Texts texts;
    private final WorkloadDraft draft;
    private final DeviceFacts facts;
    private final List<Check> found = new ArrayList<>();

    private Checks(Texts texts, WorkloadDraft draft, DeviceFacts facts) {
        this.texts = texts;
        this.draft = draft;
        this.facts = facts;
    }

    /**
     * All checks.
     *
     * @param invalid what is wrong with texts that could not be read
     * @param shielded whether the device must not be written
     * @param cpus how many this machine has
     */
    static List<Check> of(
            Texts texts,
            WorkloadDraft draft,
            DeviceFacts facts,
            Collection<String> invalid,
            boolean shielded,
            int cpus) {
        var checks = new Checks(texts, draft, facts);
        invalid.forEach(reason -> checks.found.add(new Check(Level.STOP, reason)));
        checks.judge(shielded, cpus);
        return List.copyOf(checks.found);
    }

    /** The first reason not to start. */
    static Optional<String> refusal(List<Check> checks) {
        return checks.stream()
                .filter(c -> c.level() == Level.STOP)
                .map(Check::text)
                .findFirst();
    }

    private void judge(boolean shielded, int cpus) {
        if (!facts.queues()) {
            add(Level.STOP, "check.noQueues");
            return;
        }
        var space = facts.space(draft.nsid());
        if (space.isEmpty()) {
            add(Level.STOP, "check.noNamespace", Integer.toUnsignedString(draft.nsid()));
            return;
        }
        if (draft.replays()) {
            if (draft.trace().isBlank()) {
                add(Level.STOP, "check.noTrace");
            }
        } else {
            sizes(space.get());
            operations();
        }
        range(space.get());
        depth();
        qpairs();
        limits();
        writes(space.get(), shielded);
        if (draft.workers() > cpus) {
            add(Level.MIND, "check.cpus", draft.workers(), cpus);
        }
    }

    private void add(Level level, String key, Object... values) {
        found.add(new Check(level, texts.get(key, values)));
    }

    private void sizes(DeviceFacts.Space space) {
        var block = Figures.bytes(space.lbaBytes());
        var most = Figures.bytes(facts.maxTransferBytes());
        boolean fine = true;
        for (var size : draft.sizes()) {
            if (!size.fits(space.lbaBytes())) {
                add(Level.STOP, "check.sizeBlock", size.text(), block);
                fine = false;
            } else if (size.most() > facts.maxTransferBytes()) {
                add(Level.STOP, "check.sizeMdts", Figures.bytes(size.most()), most);
                fine = false;
            }
        }
        if (draft.weights() == 0) {
            add(Level.STOP, "check.noWeight");
        } else if (draft.sizes().size() > MOST_SIZES) {
            add(Level.STOP, "check.manySizes", MOST_SIZES);
        } else if (draft.sizes().stream().map(s -> s.weight(0)).distinct().count()
                != draft.sizes().size()) {
            add(Level.STOP, "check.sizeTwice");
        } else if (fine) {
            add(Level.FINE, "check.sizes", block, most);
        }
    }

    private void operations() {
        double sum =
                draft.operations().stream().mapToDouble(IoOperation::percent).sum();
        if (draft.operations().size() > MOST_OPERATIONS) {
            add(Level.STOP, "check.manyOperations", MOST_OPERATIONS);
        } else if (Math.abs(sum - 100) > 1e-6) {
            add(Level.STOP, "check.sum", DistributionText.plain(sum));
        }
    }

    private void range(DeviceFacts.Space space) {
        long last = draft.lastLba(space.lbaCount());
        if (last >= space.lbaCount()) {
            add(Level.STOP, "check.beyond", Figures.count(last), Figures.count(space.lbaCount() - 1));
        } else if (draft.firstLba() > last) {
            add(Level.STOP, "check.backwards", Figures.count(draft.firstLba()), Figures.count(last));
        } else {
            long blocks = (last - draft.firstLba() + 1) / (draft.divided() ? draft.workers() : 1);
            if (blocks * space.lbaBytes() < draft.largestBytes()) {
                add(Level.STOP, "check.narrow", Figures.bytes((double) blocks * space.lbaBytes()));
            } else if (draft.divided()) {
                add(Level.FINE, "check.divided", Figures.count(blocks));
            }
        }
    }

    private void depth() {
        boolean fits = draft.qdepth() <= facts.mqes();
        add(
                fits ? Level.FINE : Level.STOP,
                fits ? "check.depth" : "check.deep",
                draft.qdepth(),
                Figures.count(facts.mqes()));
    }

    private void qpairs() {
        int free = facts.maxQueues() - facts.taken();
        boolean fits = draft.workers() <= free;
        add(
                fits ? Level.FINE : Level.STOP,
                fits ? "check.qpairs" : "check.manyWorkers",
                draft.workers(),
                free,
                facts.maxQueues());
    }

    private void limits() {
        if (draft.iopsLimit() > 0 && draft.iopsLimit() < draft.workers()) {
            add(Level.STOP, "check.slow", draft.workers());
        }
        if (draft.bytesLimit() > 0 && draft.bytesLimit() < draft.workers()) {
            add(Level.STOP, "check.slowData", draft.workers());
        }
        if (draft.stop() == WorkloadDraft.Stop.COUNT && draft.count() < draft.workers()
                || draft.stop() == WorkloadDraft.Stop.DATA && draft.bytes() < draft.workers()) {
            add(Level.STOP, "check.few", draft.workers());
        }
        if (draft.stop() == WorkloadDraft.Stop.PASSES && draft.randomPercent() > 0) {
            add(Level.STOP, "check.passes");
        }
        if ((draft.burst() > 0) != (draft.idle() > 0)) {
            add(Level.STOP, "check.burst");
        }
        if (draft.ramp() > 0 && draft.iopsLimit() == 0 && draft.bytesLimit() == 0) {
            add(Level.STOP, "check.ramp");
        }
    }

    private void writes(DeviceFacts.Space space, boolean shielded) {
        if (!draft.writes()) {
            return;
        }
        long last = draft.lastLba(space.lbaCount());
        if (shielded) {
            add(Level.STOP, "check.shield");
        } else if (draft.firstLba() == 0 && last == space.lbaCount() - 1) {
            add(Level.MIND, "check.overwriteAll", space.nsid(), size(space, 0, last));
        } else {
            add(
                    Level.MIND,
                    "check.overwrite",
                    Figures.count(draft.firstLba()),
                    Figures.count(last),
                    space.nsid(),
                    size(space, draft.firstLba(), last));
        }
    }

    private static String size(DeviceFacts.Space space, long first, long last) {
        return Figures.bytes((double) (last - first + 1) * space.lbaBytes());
    }
}
