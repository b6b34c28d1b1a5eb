package dev.doorbell.app.views.faults;

import java.util.List;

/** Rules that testers reach for most. */
final class FaultPresets {
    /**
     * A ready rule.
     *
     * @param key of its name in the texts
     * @param rule in the text form
     */
    record Preset(String key, String rule) {}

    private FaultPresets() {}

    /** In groups, as the menu shows them: what is slow, what fails, what is wrong, what breaks down. */
    static List<List<Preset>> groups() {
        return List.of(
                List.of(
                        new Preset("slowReads", "io opcode=read then delay=2ms..20ms"),
                        new Preset("lateOnes", "io every=1000 then delay=12s"),
                        new Preset("slowRegisters", "register then delay=1ms"),
                        new Preset("pause", "io times=1 then stall=3s")),
                List.of(
                        new Preset("mediaErrors", "io opcode=read lba=1000..1999 then status=2/0x81 dnr"),
                        new Preset("writeFaults", "io opcode=write chance=0.1% then status=2/0x80"),
                        new Preset("namespaceNotReady", "io times=100 then status=0/0x82"),
                        new Preset("dropEvery", "io every=1000 then drop")),
                List.of(
                        new Preset("corruptReads", "io opcode=read every=1000 then corrupt"),
                        new Preset("corruptWrites", "io opcode=write every=1000 then corrupt"),
                        new Preset("wrongCid", "io every=1000 then wrong-cid"),
                        new Preset("duplicate", "io every=1000 then duplicate"),
                        new Preset("lostInterrupt", "io every=100 then no-interrupt")),
                List.of(
                        new Preset("hangNext", "io times=1 then hang"),
                        new Preset("stuckReady", "enable times=1 then stuck"),
                        new Preset("fatal", "now then fatal"),
                        new Preset("selfReset", "now then reset"),
                        new Preset("removal", "now then remove"),
                        new Preset("removalForATime", "now then remove=5s"),
                        new Preset("overheated", "now then event=1/0x01/0x02")));
    }
}
