package dev.doorbell.app.views.cmdlog;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Commands as CSV and JSON, raw numbers with their unit in the key. */
final class CmdlogExport {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CmdlogExport() {}

    static String csv(List<CmdlogRow> rows) {
        String head = "number,submitted_at,submitted_ns,completed_ns,latency_ns,qid,cid,opcode,nsid,command,details,"
                + "sct,sc,status,sqe,cqe\n";
        return rows.stream().map(CmdlogExport::csvLine).collect(Collectors.joining("\n", head, "\n"));
    }

    private static String csvLine(CmdlogRow r) {
        var e = r.entry();
        return String.join(
                ",",
                Long.toString(r.number()),
                e.submittedAt().toString(),
                Long.toString(e.submittedNanos()),
                Long.toString(e.completedNanos()),
                Long.toString(e.latencyNanos()),
                Integer.toString(e.qid()),
                Integer.toString(e.cid()),
                Integer.toString(e.opcode()),
                Integer.toUnsignedString(e.nsid()),
                quote(r.name()),
                quote(r.details()),
                e.done() ? Integer.toString(r.sct()) : "",
                e.done() ? Integer.toString(r.sc()) : "",
                quote(r.status()),
                HexFormat.of().formatHex(e.sqe()),
                e.done() ? HexFormat.of().formatHex(e.cqe()) : "");
    }

    private static String quote(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    static String json(List<CmdlogRow> rows) {
        ArrayNode list = MAPPER.createArrayNode();
        for (CmdlogRow r : rows) {
            var e = r.entry();
            ObjectNode node = list.addObject();
            node.put("number", r.number());
            node.put("submitted_at", e.submittedAt().toString());
            node.put("submitted_ns", e.submittedNanos());
            node.put("qid", e.qid());
            node.put("cid", e.cid());
            node.put("opcode", e.opcode());
            node.put("nsid", e.nsid() & 0xffff_ffffL);
            node.put("command", r.name());
            node.put("details", r.details());
            node.put("worker", r.worker());
            node.put("sqe", HexFormat.of().formatHex(e.sqe()));
            node.put("done", e.done());
            if (e.done()) {
                node.put("completed_ns", e.completedNanos());
                node.put("latency_ns", e.latencyNanos());
                node.put("sct", r.sct());
                node.put("sc", r.sc());
                node.put("status", r.status());
                node.put("timed_out", e.timedOut());
                node.put("lost", e.lost());
                node.put("cqe", HexFormat.of().formatHex(e.cqe()));
            }
        }
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
