package dev.doorbell.app.views.command;

import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.DwordField;
import dev.doorbell.spec.Decoded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Logical blocks that a command would change.
 *
 * @param first the first one
 * @param count how many; 0 when only the device knows, as for a zone
 */
record Extent(long first, long count) {
    /** As the command's fields and, for lists of ranges, its data say; empty for commands that change no blocks. */
    static List<Extent> of(CommandSpec spec, byte[] sqe, byte[] data) {
        if (spec.danger() != CommandSpec.Danger.DATA || spec.queue() != CommandSpec.Queue.IO) {
            return List.of();
        }
        Optional<Long> start = Stream.of("SLBA", "SDLBA", "ZSLBA")
                .flatMap(name -> spec.field(name).stream())
                .map(f -> f.get(sqe))
                .findFirst();
        Optional<Long> blocks = spec.field("NLB").map(f -> f.get(sqe) + 1);
        if (start.isPresent() && blocks.isPresent()) {
            return List.of(new Extent(start.get(), blocks.get()));
        }
        int ranges = spec.field("NR").map(f -> f.get(sqe) + 1).orElse(0L).intValue();
        List<Decoded> listed = spec.dataStructure(sqe)
                .map(s -> s.decode(data))
                .flatMap(d -> d.find("RANGE"))
                .map(Decoded::children)
                .orElse(List.of());
        List<Extent> extents = listed.stream()
                .limit(ranges)
                .map(r -> new Extent(member(r, "SLBA"), length(r)))
                .toList();
        if (start.isPresent() && ranges > 0) {
            return List.of(new Extent(
                    start.get(), extents.stream().mapToLong(Extent::count).sum()));
        }
        boolean deallocates = spec.field("AD").map(f -> f.get(sqe) != 0).orElse(true);
        return start.isPresent() ? List.of(new Extent(start.get(), 0)) : deallocates ? extents : List.of();
    }

    /** A range tells its length as LEN, or one less as NLB. */
    private static long length(Decoded range) {
        return range.find(range.path() + ".NLB").isPresent() ? member(range, "NLB") + 1 : member(range, "LEN");
    }

    private static long member(Decoded range, String name) {
        return range.find(range.path() + "." + name).map(Decoded::rawLong).orElse(0L);
    }

    /** The command's own fields that are set, one a line: name, number, meaning. */
    static List<String> fields(CommandSpec spec, byte[] sqe) {
        List<String> lines = new ArrayList<>();
        for (DwordField field : spec.fields()) {
            long value = field.get(sqe);
            if (value != 0) {
                Decoded decoded = field.decode(value);
                lines.add("%-8s %s%s"
                        .formatted(
                                field.name(),
                                decoded.value(),
                                decoded.meaning().isBlank() ? "" : "  " + decoded.meaning()));
            }
        }
        return lines;
    }
}
