package dev.doorbell.testplans.report;

import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.CommandLine;
import dev.doorbell.testplans.run.LogLine;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.RunResult.GroupResult;
import dev.doorbell.testplans.run.State;
import dev.doorbell.testplans.run.StepResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes a run as JUnit XML, one suite for each group, in the strict form that every CI server takes. */
public final class JUnitXml {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RunResult run;
    private final XMLStreamWriter xml;

    private JUnitXml(RunResult run, XMLStreamWriter xml) {
        this.run = run;
        this.xml = xml;
    }

    /** Writes the file, and its folder when that is missing. */
    public static void write(RunResult run, Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            try (Writer out = Files.newBufferedWriter(file)) {
                XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
                new JUnitXml(run, xml).suites();
                xml.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (XMLStreamException e) {
            throw new IllegalStateException("the XML writer refused its input", e);
        }
    }

    private void suites() throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        line(0);
        xml.writeStartElement("testsuites");
        for (int i = 0; i < run.groups().size(); i++) {
            suite(i, run.groups().get(i));
        }
        line(0);
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void suite(int number, GroupResult group) throws XMLStreamException {
        line(1);
        xml.writeStartElement("testsuite");
        attribute("id", Integer.toString(number));
        attribute("name", group.title());
        attribute("package", run.planId());
        attribute("timestamp", TIME.format(started(group)));
        attribute("hostname", run.host().name());
        attribute("tests", Integer.toString(group.cases().size()));
        attribute("failures", Long.toString(group.count(State.FAILED)));
        attribute("errors", Long.toString(group.count(State.ERROR)));
        attribute("skipped", Long.toString(group.count(State.SKIPPED) + group.count(State.PENDING)));
        attribute("time", seconds(group.duration().toNanos()));
        properties();
        for (CaseResult c : group.cases()) {
            testCase(group, c);
        }
        line(2);
        xml.writeStartElement("system-out");
        text(log(group));
        xml.writeEndElement();
        line(2);
        xml.writeStartElement("system-err");
        xml.writeEndElement();
        line(1);
        xml.writeEndElement();
    }

    private Instant started(GroupResult group) {
        return group.cases().stream()
                .map(CaseResult::started)
                .filter(t -> t.isAfter(Instant.EPOCH))
                .findFirst()
                .orElse(run.started());
    }

    private void properties() throws XMLStreamException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("device.address", run.device().address());
        all.put("device.model", run.device().model());
        all.put("device.serial", run.device().serial());
        all.put("device.firmware", run.device().firmware());
        all.put("device.nvme", run.device().nvmeVersion());
        all.put("seed", "0x%x".formatted(run.seed()));
        all.put("doorbell", run.host().doorbell());
        line(2);
        xml.writeStartElement("properties");
        for (Map.Entry<String, String> p : all.entrySet()) {
            line(3);
            xml.writeEmptyElement("property");
            attribute("name", p.getKey());
            // The schema asks for a character at least.
            attribute("value", p.getValue().isEmpty() ? "-" : p.getValue());
        }
        line(2);
        xml.writeEndElement();
    }

    private void testCase(GroupResult group, CaseResult c) throws XMLStreamException {
        line(2);
        xml.writeStartElement("testcase");
        attribute("name", c.title());
        attribute("classname", run.planId() + "." + group.id() + "." + c.id().substring(c.id().indexOf('/') + 1));
        attribute("time", seconds(c.durationNanos()));
        switch (c.state()) {
            case FAILED -> problem("failure", "expectation", c);
            case ERROR -> problem("error", "error", c);
            case SKIPPED, PENDING -> {
                line(3);
                xml.writeEmptyElement("skipped");
                attribute("message", c.finding().isEmpty() ? "not run" : c.finding());
            }
            default -> {}
        }
        line(2);
        xml.writeEndElement();
    }

    private void problem(String element, String type, CaseResult c) throws XMLStreamException {
        line(3);
        xml.writeStartElement(element);
        attribute("message", c.finding());
        attribute("type", type);
        text(details(c));
        xml.writeEndElement();
    }

    /** The failure for people who read a console. */
    static String details(CaseResult c) {
        StringBuilder out = new StringBuilder("\n").append(c.finding()).append('\n');
        if (!c.spec().isEmpty()) {
            out.append("requirement: ").append(c.spec()).append('\n');
        }
        c.badStep().ifPresent(s -> step(out, s));
        if (!c.commands().isEmpty()) {
            out.append("commands:\n");
            List<CommandLine> last = c.commands()
                    .subList(Math.max(0, c.commands().size() - 8), c.commands().size());
            last.forEach(l -> out.append("  %5d  q%d  %-24s %-40s %-28s %s%n"
                    .formatted(
                            l.sequence(),
                            l.qid(),
                            l.name(),
                            l.details(),
                            l.status(),
                            Quantities.nanos(l.latencyNanos()))));
        }
        return out.toString();
    }

    private static void step(StringBuilder out, StepResult s) {
        out.append("step %s, %s (%s)%n".formatted(s.path(), s.title(), s.source()));
        if (!s.expected().isEmpty()) {
            out.append("expected: ").append(s.expected()).append('\n');
        }
        if (!s.got().isEmpty()) {
            out.append("got: ").append(s.got()).append('\n');
        }
        s.difference()
                .ifPresent(d -> HexRows.of(d)
                        .forEach(r -> out.append("  %04x  %-24s  %s%s%n"
                                .formatted(r.offset(), r.expectedText(), r.gotText(), r.differs() ? "  <" : ""))));
    }

    private static String log(GroupResult group) {
        StringBuilder out = new StringBuilder("\n");
        for (CaseResult c : group.cases()) {
            for (LogLine l : c.log()) {
                out.append("%s %-5s %s: %s%n".formatted(TIME.format(l.time()), l.level(), c.title(), l.message()));
            }
        }
        return out.toString();
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    private void text(String value) throws XMLStreamException {
        xml.writeCharacters(legal(value));
    }

    private void line(int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    /** XML 1.0 has no way to write most control characters; a device may put any into its strings. */
    private static String legal(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints()
                .map(c ->
                        c == '\n' || c == '\t' || c >= 0x20 && c <= 0xd7ff || c >= 0xe000 && c <= 0xfffd || c >= 0x10000
                                ? c
                                : 0xfffd)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.6f", nanos / 1e9);
    }
}
