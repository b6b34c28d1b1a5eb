package dev.doorbell.app.views.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.FaultRule;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields of the form and the text say the same. */
class RuleDraftTest {
    static List<String> presets() {
        return FaultPresets.groups().stream()
                .flatMap(List::stream)
                .map(FaultPresets.Preset::rule)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void presetsAreRulesAndFitTheForm(String preset) {
        FaultRule rule = FaultRule.parse(preset);
        assertThat(rule.text()).isEqualTo(preset);
        assertThat(RuleDraft.of(rule).text()).isEqualTo(preset);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "off queue=3 opcode=read nsid=2 dw12=0x7/0xff dw13=0x0 lba=7..9 skip=1 every=2 times=3 chance=0.5%"
                        + " then delay=1ms..5ms status=2/0x81 dnr more executed corrupt=3 at=9 no-interrupt",
                "io opcode=write then corrupt at=600",
                "io then status=2/0x81 dnr executed duplicate=2",
                "admin opcode=identify then wrong-cid=0x7 wrong-sqid=9 wrong-sqhd=0",
                "register=0x1c times=2 then delay=30ms",
                "after=250ms chance=50% then hang=2s",
                "disable then stuck",
                "now then event=1/0x00/0x02"
            })
    void everyRuleFitsTheForm(String text) {
        RuleDraft draft = RuleDraft.of(FaultRule.parse(text));
        assertThat(FaultRule.parse(draft.text())).isEqualTo(FaultRule.parse(text));
    }

    @Test
    void fieldsThatDoNotSuitTheTriggerAreLeftOut() {
        RuleDraft draft = RuleDraft.of(FaultRule.parse("io opcode=read lba=5 times=3 then stall"));
        RuleDraft now = new RuleDraft(
                true,
                RuleDraft.Trigger.NOW,
                "",
                draft.opcode(),
                "1",
                draft.lba(),
                "dw1=1",
                "4",
                "2",
                draft.times(),
                "25",
                draft.effect(),
                "2s",
                "");
        assertThat(now.text()).isEqualTo("now chance=25% then stall=2s");
        FaultRule.parse(now.text());
    }
}
