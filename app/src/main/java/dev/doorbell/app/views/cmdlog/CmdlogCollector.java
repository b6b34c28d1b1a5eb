package dev.doorbell.app.views.cmdlog;

import dev.doorbell.driver.CmdLog;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DoorbellException;
import dev.doorbell.driver.Qpair;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Follows the command logs of one controller's qpairs: each call returns the commands that were sent and those that ended since the
 * call before. A qpair's log dies with it; what was collected stays. For one thread at a time, not the JavaFX thread.
 */
final class CmdlogCollector {
    /** News of one call. {@code ended} rows replace those with the same number. */
    record News(List<CmdlogRow> sent, List<CmdlogRow> ended) {
        boolean isEmpty() {
            return sent.isEmpty() && ended.isEmpty();
        }
    }

    /** Where the following of one qpair stands. */
    private static final class Place {
        private long next;
        private boolean worker;
        /** Commands whose end is not known yet, by sequence number. */
        private final TreeMap<Long, CmdlogRow> open = new TreeMap<>();
    }

    /** More than this many new commands of a worker a call are a blur; the newest are kept. */
    private static final int WORKER_BURST = 512;

    private final Catalogue catalogue;
    private final Map<Qpair, Place> places = new IdentityHashMap<>();
    private long numbers;

    CmdlogCollector(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * What is new.
     *
     * @param workers whether to follow the queues of I/O workers too
     */
    News collect(Controller controller, boolean workers) {
        List<Qpair> qpairs = controller.qpairs();
        places.keySet().retainAll(qpairs);
        List<CmdLog.Entry> sent = new ArrayList<>();
        List<CmdlogRow> ended = new ArrayList<>();
        Map<CmdLog.Entry, Place> owners = new IdentityHashMap<>();
        for (Qpair qpair : qpairs) {
            try {
                Place place = places.computeIfAbsent(qpair, CmdlogCollector::start);
                if (place.worker && !workers) {
                    place.next = Math.max(place.next, qpair.cmdLog().nextSequence() - WORKER_BURST);
                    place.open.clear();
                    continue;
                }
                follow(qpair.cmdLog(), place, ended);
                for (CmdLog.Entry entry : fresh(qpair.cmdLog(), place)) {
                    sent.add(entry);
                    owners.put(entry, place);
                }
            } catch (DoorbellException e) {
                // Closed between the listing and the reading: the next listing is without it.
                places.remove(qpair);
            }
        }
        sent.sort(Comparator.comparingLong(CmdLog.Entry::submittedNanos));
        List<CmdlogRow> rows = new ArrayList<>(sent.size());
        for (CmdLog.Entry entry : sent) {
            Place place = owners.get(entry);
            CmdlogRow row = row(++numbers, entry, place.worker);
            rows.add(row);
            if (!entry.done()) {
                place.open.put(entry.sequence(), row);
            }
        }
        return new News(rows, ended);
    }

    private static Place start(Qpair qpair) {
        Place place = new Place();
        place.worker = qpair.info().worker();
        return place;
    }

    private List<CmdLog.Entry> fresh(CmdLog log, Place place) {
        if (place.worker) {
            place.next = Math.max(place.next, log.nextSequence() - WORKER_BURST);
        }
        List<CmdLog.Entry> entries = log.read(place.next, log.capacity());
        if (!entries.isEmpty()) {
            place.next = entries.getLast().sequence() + 1;
        }
        return entries;
    }

    /** Looks again at the commands that were outstanding; overwritten ones are given up. */
    private void follow(CmdLog log, Place place, List<CmdlogRow> ended) {
        place.open.headMap(log.nextSequence() - log.capacity()).clear();
        for (var open : List.copyOf(place.open.entrySet())) {
            List<CmdLog.Entry> again = log.read(open.getKey(), 1);
            if (again.isEmpty() || again.getFirst().sequence() != open.getKey()) {
                place.open.remove(open.getKey());
            } else if (again.getFirst().done()) {
                place.open.remove(open.getKey());
                ended.add(row(open.getValue().number(), again.getFirst(), place.worker));
            }
        }
    }

    private CmdlogRow row(long number, CmdLog.Entry entry, boolean worker) {
        var queue = entry.qid() == 0 ? CommandSpec.Queue.ADMIN : CommandSpec.Queue.IO;
        return new CmdlogRow(
                number,
                entry,
                worker,
                CommandText.name(catalogue, queue, entry.sqe()),
                CommandText.details(catalogue, queue, entry.sqe()),
                status(entry));
    }

    private String status(CmdLog.Entry entry) {
        if (!entry.done()) {
            return "";
        }
        if (entry.late()) {
            return "Timed out, then " + catalogue.statusCodes().describe(entry.statusField());
        }
        if (entry.timedOut()) {
            return "Timed out";
        }
        return entry.lost() ? "Lost by reset" : catalogue.statusCodes().describe(entry.statusField());
    }
}
