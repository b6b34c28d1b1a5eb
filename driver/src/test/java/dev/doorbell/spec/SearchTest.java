package dev.doorbell.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people type into "Search anything". */
class SearchTest {
    private final Catalogue catalogue = Catalogue.standard();

    private Hit first(String query) {
        List<Hit> hits = catalogue.search(query, 20);
        assertThat(hits).as(query).isNotEmpty();
        return hits.getFirst();
    }

    @Test
    void registersAndTheirFields() {
        assertThat(catalogue.search("csts", 4)).extracting(Hit::name).startsWith("CSTS", "CSTS.RDY", "CSTS.CFS");
        assertThat(first("csts.rdy").name()).isEqualTo("CSTS.RDY");
        assertThat(first("mqes").name()).isEqualTo("CAP.MQES");
    }

    @Test
    void numbers() {
        assertThat(first("fid 2").name()).isEqualTo("PM");
        assertThat(first("lid 0x02").name()).isEqualTo("SMART");
        assertThat(first("cns 1").name()).isEqualTo("controller");
        assertThat(first("02/85").title()).isEqualTo("Compare Failure");
        assertThat(catalogue.search("0x0b", 20))
                .extracting(Hit::kind)
                .contains(Hit.Kind.FEATURE, Hit.Kind.LOG_PAGE, Hit.Kind.STATUS);
    }

    @Test
    void words() {
        assertThat(first("compare failure").name()).isEqualTo("02/85");
        assertThat(first("get log page").kind()).isEqualTo(Hit.Kind.COMMAND);
        assertThat(first("composite temp").name()).isEqualTo("CTEMP");
        assertThat(catalogue.search("", 10)).isEmpty();
        assertThat(catalogue.search("zzzz", 10)).isEmpty();
    }

    @Test
    void wordsMayNameTheStructureAsWell() {
        assertThat(catalogue.search("smart temperature", 20))
                .extracting(Hit::name)
                .contains("CTEMP");
        assertThat(first("smart available spare").detail()).isEqualTo("SMART / Health Information byte 3");
        assertThat(first("CSTS   RDY").name()).isEqualTo("CSTS.RDY");
        assertThat(first("opcode 0x80").title()).isEqualTo("Formats namespaces");
        assertThat(catalogue.search("csts", 1)).hasSize(1);
        assertThat(catalogue.search("99999999999999999999", 5)).isEmpty();
    }

    @Test
    void preparingChangesNoResult() {
        String yaml = "logs: {0xc0 MINE: {title: Mine, ref: Vendor §1}}";
        var stream = new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8));
        Catalogue more = catalogue.plus(stream);
        more.prepareSearch();
        assertThat(more.search("lid 0xc0", 5)).extracting(Hit::title).containsExactly("Mine");
        assertThat(more.search("fid 2", 5)).isEqualTo(catalogue.search("fid 2", 5));
    }
}
