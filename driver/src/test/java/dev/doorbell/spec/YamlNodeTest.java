package dev.doorbell.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Catalogue files read the same on the quick way and by the full parser. */
class YamlNodeTest {
    private static InputStream stream(String yaml) {
        return new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tables", "registers", "identify", "logs", "features", "commands", "status", "pci"})
    void bundledFilesGoTheQuickWay(String file) throws Exception {
        String yaml;
        try (InputStream in = Catalogue.class.getResourceAsStream(file + ".yaml")) {
            yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertThat(PlainYaml.read(yaml))
                .hasValueSatisfying(quick ->
                        assertThat(quick).hasToString(YamlNode.full(yaml).toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: b\n",
                "a:\n  b: c # comment\n",
                "a: |\n  two\n  lines\n",
                "a: two\n  lines\n",
                "a: 'quoted'\n",
                "a: \"tab\\t\"\n",
                "a: \"b\" # comment\n",
                "\"a: b\": c\n",
                "a: {b: {c: d}}\n",
                "a: {b: c,\n  d: e}\n",
                "a: {b: \"c, d\", e: f}\n",
                "a: {b: c}, d\n",
                "a: {b: c, }\n",
                "a: {b: \"c\"d}\n",
                "a:\n    b: c\n  d: e\n",
                "a:\nb:\n  c: d\n",
                "  a: b\n",
                "---\na: b\n",
                "a: b: c\n",
                "a:\n",
                "a: \n",
                "a: \"\"\n",
                "a: {}\n",
                "a: b"
            })
    void theQuickWayNeverReadsSomethingElse(String yaml) {
        PlainYaml.read(yaml)
                .ifPresent(quick ->
                        assertThat(quick).hasToString(YamlNode.full(yaml).toString()));
        assertThat(PlainYaml.read("a: b\n")).isPresent();
    }

    @Test
    void mistakesInAPluginsFileAreToldAtOnce() {
        Catalogue catalogue = Catalogue.standard();
        assertThatThrownBy(() -> catalogue.plus(stream("structures:\n  mine:\n    - a\n")))
                .isInstanceOf(CatalogueException.class)
                .hasMessageContaining("line 3");
        assertThatThrownBy(() ->
                        catalogue.plus(stream("structures: {mine: {title: M, ref: X §1, bytes: 4, fields: {A: B}}}")))
                .isInstanceOf(CatalogueException.class)
                .hasMessageContaining("mine")
                .hasMessageContaining("high:low");
        assertThatThrownBy(() -> catalogue.plus(stream("tables: {a: {0: x}}\ntables: {b: {0: y}}\n")))
                .hasMessageContaining("twice");
        assertThatThrownBy(() -> catalogue.plus(stream("tables: [\n"))).isInstanceOf(CatalogueException.class);
    }
}
