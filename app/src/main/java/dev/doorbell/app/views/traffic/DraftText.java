package dev.doorbell.app.views.traffic;

import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Workload;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** A draft as one line of text, for the settings. */
final class DraftText {
    private DraftText() {}

    static String write(WorkloadDraft d) {
        String sizes = d.sizes().stream().map(DraftText::size).collect(Collectors.joining(","));
        String mix = d.operations().stream().map(OperationText::write).collect(Collectors.joining(","));
        return "name=" + encoded(d.preset())
                + "&ns=" + d.nsid()
                + "&first=" + d.firstLba()
                + "&last=" + d.lastLba()
                + "&random=" + d.randomPercent()
                + "&where=" + encoded(DistributionText.write(d.distribution()))
                + (d.stepLbas().isPresent() ? "&step=" + d.stepLbas().getAsLong() : "")
                + "&mix=" + mix
                + "&sizes=" + sizes
                + "&workers=" + d.workers()
                + "&qdepth=" + d.qdepth()
                + "&priority=" + d.priority()
                + "&iops=" + d.iopsLimit()
                + "&rate=" + d.bytesLimit()
                + "&burst=" + d.burst()
                + "&idle=" + d.idle()
                + "&ramp=" + d.ramp()
                + "&rampfrom=" + d.rampFrom()
                + "&stop=" + d.stop()
                + "&seconds=" + d.seconds()
                + "&count=" + d.count()
                + "&bytes=" + d.bytes()
                + "&passes=" + d.passes()
                + "&fill=" + d.fill()
                + "&dword=" + Integer.toUnsignedString(d.dword())
                + "&fresh=" + d.fresh()
                + "&compressible=" + d.compressible()
                + "&dedupable=" + d.dedupable()
                + "&seed=" + Long.toUnsignedString(d.seed())
                + "&retries=" + d.retries()
                + "&stopaterror=" + d.stopAtError()
                + "&verify=" + d.verify()
                + "&cmdlog=" + d.cmdlog()
                + "&trace=" + encoded(d.trace())
                + "&speed=" + d.speed();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String size(Share s) {
        return s.bytes() + (s.isRange() ? "-" + s.most() : "") + (s.step() > 0 ? "/" + s.step() : "")
                + (s.align() > 0 ? "@" + s.align() : "") + "*" + s.weight();
    }

    /** The draft; what the text does not have is as in {@link WorkloadDraft#DEFAULT}. Empty if it makes no sense. */
    static Optional<WorkloadDraft> read(String line) {
        try {
            Map<String, String> values = new HashMap<>();
            for (String pair : line.split("&")) {
                int equals = pair.indexOf('=');
                values.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
            return Optional.of(WorkloadDraft.DEFAULT.edit(e -> values.forEach((key, value) -> fill(e, key, value))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException x) {
            return Optional.empty();
        }
    }

    private static void fill(WorkloadDraft.Edit e, String key, String value) {
        switch (key) {
            case "name" -> e.preset = decoded(value);
            case "ns" -> e.nsid = Integer.parseInt(value);
            case "first" -> e.firstLba = Long.parseLong(value);
            case "last" -> e.lastLba = Long.parseLong(value);
            case "random" -> e.randomPercent = Integer.parseInt(value);
            case "where" -> e.distribution = where(decoded(value));
            case "step" -> e.stepLbas = OptionalLong.of(Long.parseLong(value));
            // As it was before there were other commands.
            case "read" -> e.read(Integer.parseInt(value));
            case "mix" -> e.operations = mix(value);
            case "sizes" ->
                e.sizes = Arrays.stream(value.split(",")).map(DraftText::share).toList();
            case "workers" -> e.workers = Integer.parseInt(value);
            case "qdepth" -> e.qdepth = Integer.parseInt(value);
            case "priority" -> e.priority = Integer.parseInt(value);
            case "iops" -> e.iopsLimit = Long.parseLong(value);
            case "rate" -> e.bytesLimit = Long.parseLong(value);
            case "burst" -> e.burst = Double.parseDouble(value);
            case "idle" -> e.idle = Double.parseDouble(value);
            case "ramp" -> e.ramp = Double.parseDouble(value);
            case "rampfrom" -> e.rampFrom = Double.parseDouble(value);
            case "stop" -> e.stop = Stop.valueOf(value);
            case "seconds" -> e.seconds = Double.parseDouble(value);
            case "count" -> e.count = Long.parseLong(value);
            case "bytes" -> e.bytes = Long.parseLong(value);
            case "passes" -> e.passes = Long.parseLong(value);
            default -> data(e, key, value);
        }
    }

    private static void data(WorkloadDraft.Edit e, String key, String value) {
        switch (key) {
            case "fill" -> e.fill = Workload.Fill.valueOf(value);
            case "dword" -> e.dword = Integer.parseUnsignedInt(value);
            case "fresh" -> e.fresh = Boolean.parseBoolean(value);
            case "compressible" -> e.compressible = Integer.parseInt(value);
            case "dedupable" -> e.dedupable = Integer.parseInt(value);
            case "seed" -> e.seed = Long.parseUnsignedLong(value);
            case "retries" -> e.retries = Integer.parseInt(value);
            case "stopaterror" -> e.stopAtError = Boolean.parseBoolean(value);
            case "verify" -> e.verify = Boolean.parseBoolean(value);
            case "cmdlog" -> e.cmdlog = Boolean.parseBoolean(value);
            case "trace" -> e.trace = decoded(value);
            case "speed" -> e.speed = Double.parseDouble(value);
            default -> {}
        }
    }

    private static LbaDistribution where(String text) {
        return DistributionText.read(text);
    }

    private static List<IoOperation> mix(String text) {
        List<IoOperation> mix = new ArrayList<>();
        for (String each : text.split(",")) {
            mix.add(OperationText.read(each));
        }
        return mix;
    }

    private static Share share(String text) {
        int star = text.indexOf('*');
        return Share.read(text.substring(0, star), Integer.parseInt(text.substring(star + 1)));
    }
}
