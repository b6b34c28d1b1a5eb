package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkloadDraft.Share;
import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.Workload;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A draft as one line of text, for the settings: {@code name=Mixed&ns=1&sizes=4096*90,8192*10&…}. */
final class DraftText {
    private DraftText() {}

    static String write(WorkloadDraft d) {
        var sizes = d.sizes().stream().map(s -> s.bytes() + "*" + s.weight()).collect(Collectors.joining(","));
        return "name=" + URLEncoder.encode(d.preset(), StandardCharsets.UTF_8)
                + "&ns=" + d.nsid()
                + "&first=" + d.firstLba()
                + "&last=" + d.lastLba()
                + "&random=" + d.randomPercent()
                + "&read=" + d.readPercent()
                + "&sizes=" + sizes
                + "&workers=" + d.workers()
                + "&qdepth=" + d.qdepth()
                + "&iops=" + d.iopsLimit()
                + "&stop=" + d.stop()
                + "&seconds=" + d.seconds()
                + "&count=" + d.count()
                + "&fill=" + d.fill()
                + "&dword=" + Integer.toUnsignedString(d.dword())
                + "&seed=" + Long.toUnsignedString(d.seed())
                + "&cmdlog=" + d.cmdlog();
    }

    /** The draft; what the text does not have is as in {@link WorkloadDraft#DEFAULT}. Empty if it makes no sense. */
    static Optional<WorkloadDraft> read(String line) {
        try {
            Map<String, String> values = new HashMap<>();
            for (String pair : line.split("&")) {
                int equals = pair.indexOf('=');
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
            return Optional.of(WorkloadDraft.DEFAULT.edit(e -> fill(e, values)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException x) {
            return Optional.empty();
        }
    }

    private static void fill(WorkloadDraft.Edit e, Map<String, String> values) {
        values.forEach((key, value) -> {
            switch (key) {
                case "name" -> e.preset = URLDecoder.decode(value, StandardCharsets.UTF_8);
                case "ns" -> e.nsid = Integer.parseInt(value);
                case "first" -> e.firstLba = Long.parseLong(value);
                case "last" -> e.lastLba = Long.parseLong(value);
                case "random" -> e.randomPercent = Integer.parseInt(value);
                case "read" -> e.readPercent = Integer.parseInt(value);
                case "sizes" ->
                    e.sizes = Arrays.stream(value.split(","))
                            .map(DraftText::share)
                            .toList();
                case "workers" -> e.workers = Integer.parseInt(value);
                case "qdepth" -> e.qdepth = Integer.parseInt(value);
                case "iops" -> e.iopsLimit = Long.parseLong(value);
                case "stop" -> e.stop = Stop.valueOf(value);
                case "seconds" -> e.seconds = Double.parseDouble(value);
                case "count" -> e.count = Long.parseLong(value);
                case "fill" -> e.fill = Workload.Fill.valueOf(value);
                case "dword" -> e.dword = Integer.parseUnsignedInt(value);
                case "seed" -> e.seed = Long.parseUnsignedLong(value);
                case "cmdlog" -> e.cmdlog = Boolean.parseBoolean(value);
                default -> {}
            }
        });
    }

    private static Share share(String text) {
        int star = text.indexOf('*');
        return new Share(Integer.parseInt(text.substring(0, star)), Integer.parseInt(text.substring(star + 1)));
    }
}
