package dev.doorbell.driver;

import static dev.doorbell.driver.Fault.corrupt;
import static dev.doorbell.driver.Fault.delay;
import static dev.doorbell.driver.Fault.drop;
import static dev.doorbell.driver.Fault.event;
import static dev.doorbell.driver.Fault.hang;
import static dev.doorbell.driver.Fault.remove;
import static dev.doorbell.driver.Fault.status;
import static dev.doorbell.driver.FaultTrigger.admin;
import static dev.doorbell.driver.FaultTrigger.after;
import static dev.doorbell.driver.FaultTrigger.any;
import static dev.doorbell.driver.FaultTrigger.enable;
import static dev.doorbell.driver.FaultTrigger.io;
import static dev.doorbell.driver.FaultTrigger.now;
import static dev.doorbell.driver.FaultTrigger.queue;
import static dev.doorbell.driver.FaultTrigger.register;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The builder and the text form of fault plans. */
class FaultPlanTest {
    @Test
    void theBuilderSaysWhatTheTextSays() {
        assertThat(FaultRule.on(admin())
                        .opcode(0x06)
                        .times(3)
                        .then(delay(Duration.ofMillis(5)))
                        .text())
                .isEqualTo("admin opcode=identify times=3 then delay=5ms");
        assertThat(FaultRule.on(io())
                        .opcode(2)
                        .nsid(1)
                        .dword(12, 0, 0xffff)
                        .lba(1000, 1999)
                        .skip(1)
                        .every(3)
                        .chance(12.5)
                        .then(status(2, 0x81).dnr(), delay(Duration.ofMillis(1), Duration.ofMillis(2)))
                        .text())
                .isEqualTo("io opcode=read nsid=1 dw12=0x0/0xffff lba=1000..1999 skip=1 every=3 chance=12.5%"
                        + " then delay=1ms..2ms status=2/0x81 dnr");
        assertThat(FaultPlan.of(
                                FaultRule.on(now()).then(remove(Duration.ofSeconds(1))),
                                FaultRule.on(enable()).then(Fault.stuck()),
                                FaultRule.on(queue(2)).then(drop()).withEnabled(false))
                        .withSeed(9)
                        .text())
                .isEqualTo("seed=9\nnow then remove=1s\nenable then stuck\noff queue=2 then drop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "any then drop",
                "io opcode=write then corrupt=3 at=100",
                "io opcode=read then corrupt=9",
                "io then wrong-cid=0x7 duplicate=2",
                "io then wrong-cid",
                "io then duplicate wrong-phase wrong-sqid=9 wrong-sqhd=0",
                "queue=3 nsid=7 chance=0.1% then delay=3s no-interrupt",
                "now then fatal",
                "after=250ms then hang=2s",
                "now then stall",
                "disable times=1 then delay=700ms",
                "shutdown then stuck",
                "register=0x1c then delay=1ms",
                "register then delay=0ns..20ns",
                "now then event=1/0x00/0x02",
                "io skip=99 times=1 then reset",
                "io opcode=read then status=0/0x06 more executed",
                "io opcode=read then drop-pdu",
                "admin opcode=fabrics dw1=0x4/0xff then delay=1ms header-digest",
                "io then data-digest malformed-pdu",
                "any times=1 then disconnect",
                "seed=77\nany then drop\nany then fatal"
            })
    void everyRuleComesBackFromItsText(String text) {
        FaultPlan plan = FaultPlan.parse(text);
        assertThat(plan.text()).isEqualTo(text);
        assertThat(FaultPlan.parse(plan.text())).isEqualTo(plan);
    }

    @Test
    void whatIsReadEqualsWhatIsBuilt() {
        assertThat(FaultRule.parse("opcode=write lba=7 then corrupt=2"))
                .isEqualTo(FaultRule.on(io()).opcode(1).lba(7, 7).then(corrupt(2)));
        assertThat(FaultRule.parse("after=1s then event=1/0/2"))
                .isEqualTo(FaultRule.on(after(Duration.ofSeconds(1))).then(event(1, 0, 2)));
        assertThat(FaultRule.parse("register=0x14 then delay=1us"))
                .isEqualTo(FaultRule.on(register(0x14)).then(delay(Duration.ofNanos(1000))));
        assertThat(FaultPlan.parse("# nothing")).isEqualTo(FaultPlan.none());
    }

    @Test
    void aRuleThatMakesNoSenseCannotBeMade() {
        assertThatThrownBy(() -> FaultRule.on(io()).then())
                .isInstanceOf(FaultPlan.FormatException.class)
                .hasMessageContaining("does nothing");
        assertThatThrownBy(() -> FaultRule.on(enable()).then(drop()))
                .isInstanceOf(FaultPlan.FormatException.class)
                .hasMessageContaining("cannot do 'drop'");
        assertThatThrownBy(() -> FaultRule.on(now()).opcode(2).then(hang())).hasMessageContaining("mixes conditions");
        assertThatThrownBy(() -> FaultRule.on(io()).then(drop(), corrupt(1))).hasMessageContaining("'drop' beside");
        assertThatThrownBy(() -> FaultRule.on(io()).opcode(256).then(drop())).hasMessageContaining("above 0xff");
        assertThatThrownBy(() -> FaultRule.on(io()).then(status(9, 0))).hasMessageContaining("out of range");
        assertThatThrownBy(() -> FaultRule.on(io()).then(delay(Duration.ofHours(2))))
                .hasMessageContaining("3600s");
        assertThatThrownBy(() -> FaultRule.on(io()).then(delay(Duration.ofMillis(-1))))
                .hasMessageContaining("3600s");
        assertThatThrownBy(() -> FaultRule.on(any()).chance(0).then(drop())).hasMessageContaining("chance");
        assertThatThrownBy(() -> FaultRule.on(any()).dword(3, 1, 2).then(drop()))
                .hasMessageContaining("dword");
    }

    @Test
    void errorsNameTheRuleAndTheWord() {
        assertThatThrownBy(() -> FaultPlan.parse("io then drop; opcode=reed then drop"))
                .isInstanceOf(FaultPlan.FormatException.class)
                .hasMessageContaining("rule 2, 'opcode=reed'");
        assertThatThrownBy(() -> FaultRule.parse("io then drop; io then drop")).hasMessageContaining("is 2 rules");
        FaultRule rule = FaultRule.on(any()).then(drop());
        assertThatThrownBy(() -> new FaultPlan(1, Collections.nCopies(65, rule)))
                .hasMessageContaining("at most 64");
        assertThat(FaultPlan.parse(new FaultPlan(1, Collections.nCopies(64, rule)).text())
                        .rules())
                .hasSize(64);
    }
}
