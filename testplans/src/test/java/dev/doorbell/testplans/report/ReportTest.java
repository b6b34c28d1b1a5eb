package dev.doorbell.testplans.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.Sims;
import dev.doorbell.testplans.run.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final String CASES = """
            - case: diff
              title: Blocks <are> zero & clean
              spec: NVM Command Set 1.0c §3.2.8
              parameters: {lba: 8}
              steps:
                - {command: write, fields: {SLBA: "${lba + 3}"}, out: {pattern: ones, bytes: "${lbaBytes}"}}
                - {command: read, fields: {SLBA: "${lba}", NLB: 7}, in: "${8 * lbaBytes}", expect: {filled: 0}}
            - case: plan
              title: A wrong plan
              steps: [{check: {unheard: 1}}]
            - case: real
              title: Only real
              requires: device pcie
              steps: [{command: flush}]
            - case: load
              title: Load
              steps: [{worker: {pattern: mix, qdepth: 8, time: 500ms}}]
            """;

    @TempDir
    private static Path folder;

    private static RunResult run;
    private static Document page;
    private static org.w3c.dom.Document xml;

    @BeforeAll
    static void report() throws Exception {
        run = Sims.run(CASES);
        Path html = folder.resolve("new/report.html");
        HtmlReport.write(run, html);
        page = Jsoup.parse(Files.readString(html));
        Path junit = folder.resolve("report.xml");
        JUnitXml.write(run, junit);
        xml = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(junit.toFile());
    }

    @Test
    void thePageIsWellFormedHtml() throws IOException {
        Parser parser = Parser.htmlParser().setTrackErrors(20);
        parser.parseInput(Files.readString(folder.resolve("new/report.html")), "");
        assertThat(parser.getErrors()).isEmpty();
    }

    @Test
    void thePageNeedsNothingElse() {
        assertThat(page.select("link, script[src], img")).isEmpty();
        assertThat(page.select("[href]")).allMatch(e -> e.attr("href").startsWith("#"));
        assertThat(page.select("style").html())
                .contains("prefers-color-scheme: dark")
                .contains("@media print");
    }

    @Test
    void thePageTellsDeviceHostAndSeed() {
        String facts = page.select("header .facts").text();
        assertThat(facts)
                .contains(run.device().model())
                .contains(run.device().serial())
                .contains(run.device().firmware())
                .contains(run.host().name())
                .contains("0x7");
        assertThat(page.select(".verdict").text()).isEqualTo("Failed");
        assertThat(page.select(".counts").text()).contains("1 passed", "1 failed", "1 error", "1 skipped");
    }

    @Test
    void aFailedCaseIsOpenAndShowsFindingBytesAndCommands() {
        Element failed = page.selectFirst("details[data-state=failed]");
        assertThat(failed.hasAttr("open")).isTrue();
        assertThat(failed.select("summary .title").text()).isEqualTo("Blocks <are> zero & clean");
        assertThat(failed.select(".finding").text())
                .startsWith("Block 11 (byte 0x600")
                .endsWith("is ff, expected 00.");
        assertThat(failed.select(".blocks li")).hasSize(8);
        assertThat(failed.select(".blocks li.differs").text()).isEqualTo("11 ones");
        assertThat(failed.select(".hex i.bad"))
                .isNotEmpty()
                .allMatch(e -> e.text().equals("ff"));
        assertThat(failed.select(".commands tbody tr").last().text())
                .contains("Read")
                .contains("LBA 8 +8");
        assertThat(failed.select(".steps tr.failed")).hasSize(1);
    }

    @Test
    void everyCaseIsThereAndWorkersHaveCharts() {
        assertThat(page.select("details.case")).hasSize(4);
        assertThat(page.select("details[data-state=skipped] .result").text()).isEqualTo("only for pcie");
        assertThat(page.select("figure svg.chart")).hasSize(3);
        assertThat(page.select("figure svg.chart rect.column")).isNotEmpty();
        assertThat(page.html()).doesNotContain("NaN").doesNotContain("Infinity");
    }

    @Test
    void theXmlFitsTheSchema() throws Exception {
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(ReportTest.class.getResource("junit.xsd"))
                .newValidator()
                .validate(new StreamSource(folder.resolve("report.xml").toFile()));
    }

    @Test
    void theXmlCountsAndExplains() {
        org.w3c.dom.Element suite =
                (org.w3c.dom.Element) xml.getElementsByTagName("testsuite").item(0);
        assertThat(List.of("tests", "failures", "errors", "skipped").stream().map(suite::getAttribute))
                .containsExactly("4", "1", "1", "1");
        org.w3c.dom.Element failure =
                (org.w3c.dom.Element) xml.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).startsWith("Block 11");
        assertThat(failure.getTextContent())
                .contains("requirement: NVM Command Set 1.0c §3.2.8")
                .contains("expected: all bytes 00")
                .contains("LBA 8 +8");
        assertThat(run.count(State.PASSED)).isEqualTo(1);
    }
}
