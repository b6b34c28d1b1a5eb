package dev.doorbell.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    Path folder;

    @Test
    void valuesSurviveWithAllTheirCharacters() {
        var odd = " a=b:c#d!e\\f\n\tgrün §";
        try (var settings = Settings.load(folder)) {
            settings.section("view").section("console").put("filter", odd);
            settings.put("key with = and space", "x");
            settings.put("number", 42);
        }
        try (var again = Settings.load(folder)) {
            assertThat(again.get("view.console.filter")).contains(odd);
            assertThat(again.get("key with = and space")).contains("x");
            assertThat(again.getInt("number", 0)).isEqualTo(42);
        }
    }

    @Test
    void anEmptyValueRemoves() {
        try (var settings = Settings.load(folder)) {
            settings.put("a", "1");
            settings.put("a", "");
            assertThat(settings.get("a")).isEmpty();
        }
    }

    @Test
    void aDamagedFileStartsEmpty() throws Exception {
        Files.writeString(folder.resolve("settings.properties"), "a=\\u12\n");
        try (var settings = Settings.load(folder)) {
            assertThat(settings.get("a")).isEmpty();
            settings.put("b", "2");
        }
        try (var again = Settings.load(folder)) {
            assertThat(again.get("b")).contains("2");
        }
    }

    @Test
    void wordsWhereANumberBelongsGiveTheDefault() {
        try (var settings = Settings.load(folder)) {
            settings.put("width", "wide");
            assertThat(settings.getDouble("width", 3)).isEqualTo(3);
        }
    }
}
