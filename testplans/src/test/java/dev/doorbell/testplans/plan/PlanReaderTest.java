package dev.doorbell.testplans.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanReaderTest {
    /** A plan of one case, whose steps are the text. The first step stands in line 8. */
    private static Plan withSteps(String steps) {
        return PlanReader.readText("""
                plan: p
                title: P
                groups:
                  - group: g
                    cases:
                      - case: c
                        title: C
                        steps:
                %s
                """.formatted(steps.indent(10).stripTrailing()), "p.yaml");
    }

    private static Step step(String text) {
        return withSteps(text).cases().getFirst().steps().getFirst();
    }

    @Test
    void commandsGetQueueAndFieldsFromTheCatalogue() {
        Step.CommandStep read = (Step.CommandStep) step("- {command: READ, fields: {slba: 8, NLB: 7}, in: 4KiB}");
        assertThat(read.send().queue()).isEqualTo("io");
        assertThat(read.send().spec().orElseThrow().opcode()).isEqualTo(2);
        assertThat(read.send().fields()).containsOnlyKeys("SLBA", "NLB");
        assertThat(read.title()).isEqualTo("Read");
        Step.CommandStep create = (Step.CommandStep) step("- command: create i/o completion queue");
        assertThat(create.send().queue()).isEqualTo("admin");
    }

    @Test
    void aListOfParametersMakesACaseOfEachValue() {
        Plan plan = PlanReader.readText("""
                plan: p
                title: P
                groups:
                  - group: g
                    parameters: {a: 1}
                    cases:
                      - case: c
                        title: C
                        parameters: {b: [2, 3], c: [x, y]}
                        steps: [{wait: 1ms}]
                """, "p.yaml");
        assertThat(plan.cases())
                .extracting(PlanCase::fullId)
                .containsExactly("g/c[2,x]", "g/c[2,y]", "g/c[3,x]", "g/c[3,y]");
        assertThat(plan.cases().getFirst().title()).isEqualTo("C, 2, x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            - {comand: read}                                     | p.yaml:9: | a step says what it does by one of the keys command, together
            - {command: reed}                                    | p.yaml:9: | 'reed' is no command of the catalogue; allowed: an opcode such as 0x06, or a name such as Read
            - {command: 0x123, queue: io}                        | p.yaml:9: | 'allowed: 0x00 to 0xff'
            - {command: 0x80}                                    | p.yaml:9: | a step lacks 'queue'
            - {command: read, fields: {LBA: 3}}                  | p.yaml:9: | 'LBA' is no field of 'Read'; allowed: SLBA, NLB
            - {command: read, queue: io99}                       | p.yaml:9: | 'io99' is no queue; allowed: admin, io, io2 to io9
            - {command: read, expect: Suces}                     | p.yaml:9: | 'Suces' is no status; allowed: success, error, any, timeout
            - {command: read, in: 4KiB, out: {hex: 00}}          | p.yaml:9: | a command has one data buffer, but here stand in and out
            - {command: write, out: {hex: 0g}}                   | p.yaml:9: | '0g' is no hex
            - {command: write, out: {pattern: noise, bytes: 1}}  | p.yaml:9: | 'noise' is no pattern; allowed: zeros, ones, random, incrementing
            - {command: identify, expect: {structure: idetify}}  | p.yaml:9: | 'idetify' is no structure of the catalogue
            - {command: identify, save: {x: cdw7}}               | p.yaml:9: | 'cdw7' cannot be saved; allowed: cdw0, cdw1, latency, cid, data.PATH
            - {register: CTSS}                                   | p.yaml:9: | 'CTSS' is no register; allowed: an offset such as 0x1c, or a name such as CSTS
            - {worker: {pattern: rnd, time: 1s}}                 | p.yaml:9: | 'rnd' is no pattern; allowed: randread, randwrite, read, write, mix
            - {worker: {pattern: read}}                          | p.yaml:9: | a worker needs an end: time, ios or both
            - {worker: {pattern: read, ios: 1}, expect: {q: 1}}  | p.yaml:9: | 'q' is nothing that a worker counts; allowed: errors, ios
            - {wait: 5}                                          | p.yaml:9: | '5' is no time; allowed: a number with ns, us, ms, s, min or h
            - {reset: hard}                                      | p.yaml:9: | 'hard' is no reset; allowed: controller, subsystem, shutdown, flr
            - {event: {kind: 1}}                                 | p.yaml:9: | 'kind' is no part of an event; allowed: type, info, log-page
            - {repeat: 3}                                        | p.yaml:9: | 'steps' should hold at least one step
            - {command: read, wait: 1s}                          | p.yaml:9: | a step does one thing, but here stand command and wait
            - {check: {a: 'in 4'}}                               | p.yaml:9: | 'in 4' is no set of values; allowed: in 1..4, in [1, 2, 8]
            """)
    void errorsNameTheLineAndWhatIsAllowed(String step, String place, String message) {
        assertThatThrownBy(() -> withSteps(step))
                .isInstanceOf(PlanException.class)
                .hasMessageStartingWith(place)
                .hasMessageContaining(message);
    }

    @Test
    void errorsInDeepPlacesNameTheirOwnLine() {
        String text = """
                - group: outer
                  steps:
                    - command: read
                      fields:
                        SLBA: 0
                        NBL: 7
                """;
        assertThatThrownBy(() -> withSteps(text)).hasMessageStartingWith("p.yaml:14: 'NBL' is no field of 'Read'");
    }

    @Test
    void brokenYamlAndEmptyPlansSayWhere() {
        assertThatThrownBy(() -> PlanReader.readText("plan: p\ntitle: [", "p.yaml"))
                .hasMessageStartingWith("p.yaml:")
                .hasMessageContaining("not valid YAML");
        assertThatThrownBy(() -> PlanReader.readText("", "p.yaml"))
                .hasMessageStartingWith("p.yaml:1: the plan is empty");
        assertThatThrownBy(() -> PlanReader.readText("plan: P\ntitle: x\n", "p.yaml"))
                .hasMessageContaining("needs at least one group");
        assertThatThrownBy(() -> PlanReader.readText(
                        "plan: a b\ntitle: x\ngroups: [{group: g, cases: [{case: c, title: t, steps: [{wait: 1s}]}]}]",
                        "p.yaml"))
                .hasMessageContaining("'a b' is no id");
    }

    @Test
    void requirementsAreFeaturesDevicesOrComparisons() {
        Plan plan = PlanReader.readText("""
                plan: p
                title: P
                requires: [oacs.format, device not qemu, "ctrl.NN >= 2"]
                groups: [{group: g, cases: [{case: c, title: t, steps: [{wait: 1s}]}]}]
                """, "p.yaml");
        assertThat(plan.requires())
                .extracting(Requirement::reason)
                .containsExactly("OACS bit 1 is 0", "not for qemu", "");
        assertThatThrownBy(() -> PlanReader.readText(
                        "plan: p\ntitle: P\nrequires: magic\ngroups: [{group: g, cases: [{case: c, title: t, steps: [{wait: 1s}]}]}]",
                        "p.yaml"))
                .hasMessageContaining("'magic' is no requirement")
                .hasMessageContaining("oncs.compare");
    }

    @Test
    void allBundledPlansAreReadable() {
        assertThat(Plans.bundled()).extracting(Plan::id).containsExactlyElementsOf(Plans.bundledIds());
        Plan smoke = Plans.bundled("smoke").orElseThrow();
        assertThat(smoke.cases())
                .hasSizeGreaterThanOrEqualTo(24)
                .allSatisfy(c -> assertThat(c.spec()).as(c.fullId()).isNotBlank());
        assertThat(List.of("smoke")).allMatch(id -> Plans.bundled(id).isPresent());
    }
}
