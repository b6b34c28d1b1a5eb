package dev.doorbell.testplans.run;

import dev.doorbell.driver.CmdLog;
import dev.doorbell.driver.Qpair;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec.Queue;
import dev.doorbell.spec.CommandText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Turns cmdlog entries into text. */
public final class CommandLines {
    private CommandLines() {}

    /** The entry's name, details and status by the catalogue. */
    public static CommandLine of(Catalogue catalogue, CmdLog.Entry e) {
        Queue queue = e.qid() == 0 ? Queue.ADMIN : Queue.IO;
        String status = !e.done()
                ? ""
                : e.timedOut()
                        ? e.late() ? "timeout, ended late" : "timeout"
                        : e.lost() ? "lost" : catalogue.statusCodes().describe(e.statusField());
        return new CommandLine(
                e.sequence(),
                e.qid(),
                CommandText.name(catalogue, queue, e.sqe()),
                CommandText.details(catalogue, queue, e.sqe()),
                status,
                e.done() && !e.timedOut() && !e.lost() && (e.statusField() & 0x7ff) == 0,
                e.done(),
                e.submittedAt(),
                e.done() ? e.latencyNanos() : 0,
                e.sqe(),
                e.cqe());
    }

    /** The last commands of several queues since given points, oldest first. */
    static List<CommandLine> since(Catalogue catalogue, List<Mark> marks, int max) {
        List<CmdLog.Entry> entries = new ArrayList<>();
        for (Mark mark : marks) {
            mark.qpair().cmdLog().latest(max).stream()
                    .filter(e -> e.sequence() >= mark.from())
                    .forEach(entries::add);
        }
        entries.sort(Comparator.comparingLong(CmdLog.Entry::submittedNanos));
        return entries.stream()
                .skip(Math.max(0, entries.size() - max))
                .map(e -> of(catalogue, e))
                .toList();
    }

    /** A place in a queue's cmdlog. */
    record Mark(Qpair qpair, long from) {}
}
