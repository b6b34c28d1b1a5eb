package dev.doorbell.app.tour;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Perspective;
import dev.doorbell.plugin.RawCommand;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.Queue;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.ResourceBundle;
import javafx.scene.Node;
import javafx.scene.control.TextField;

/** The places that the tour visits, in order. */
final class Stops {
    private static final ResourceBundle TEXTS = ResourceBundle.getBundle("dev.doorbell.app.tour.texts");

    private Stops() {}

    static List<Stop> all() {
        return List.of(
                stop("welcome", guide -> guide.open("welcome")),
                stop("identify", Stops::identify),
                stop("pci-config", guide -> guide.open("pciconfig")),
                stop("registers", guide -> guide.open("registers", "CC")),
                stop("log-pages", guide -> guide.open("logpages")),
                stop("features", guide -> guide.open("features")),
                stop("command", Stops::command),
                stop("cmdlog", Stops::cmdlog),
                stop("search", Stops::search),
                stop("traffic", Stops::traffic),
                stop("test", Stops::test),
                stop("faults", Stops::faults));
    }

    private static Stop stop(String id, Stop.Visit visit) {
        return new Stop(id, TEXTS.getString(id + ".title"), TEXTS.getString(id + ".text"), visit);
    }

    private static void identify(Guide guide) {
        guide.run(() -> guide.workbench().open("sim:"));
        guide.await("opening the simulated SSD", () -> {
            DeviceSession session = guide.workbench().device().get();
            return session != null && session.state().getValue() == DeviceSession.State.READY;
        });
        guide.show(Perspective.EXPLORE);
        guide.open("identify", "OACS");
        DeviceSession session = guide.workbench().device().get();
        guide.figures()
                .put("device", session.address().text() + ", " + session.title().getValue());
    }

    /** Sends a write, a read, a compare that fails and a log page, as a user would, so that the views have something to show. */
    private static void command(Guide guide) {
        send(guide, Queue.IO, 0x01);
        send(guide, Queue.IO, 0x02);
        send(guide, Queue.ADMIN, 0x0a);
        byte[] beyond = new byte[64];
        beyond[0] = 0x02;
        beyond[4] = 1;
        beyond[47] = 0x01;
        guide.open("command", new RawCommand(false, beyond));
        guide.press("command-send");
        guide.settle();
        send(guide, Queue.ADMIN, 0x02);
    }

    private static void send(Guide guide, Queue queue, int opcode) {
        CommandSpec spec = Catalogue.standard().command(queue, opcode).orElseThrow();
        guide.open("command", spec);
        guide.press("command-send");
        guide.settle();
    }

    private static void cmdlog(Guide guide) {
        guide.open("identify");
        guide.open("cmdlog");
        guide.sleep(Duration.ofMillis(300));
        guide.settle();
    }

    private static void search(Guide guide) {
        guide.action("help.search");
        TextField input = (TextField) guide.node("palette-input");
        guide.run(() -> input.setText("csts"));
        guide.sleep(Duration.ofMillis(500));
    }

    private static void traffic(Guide guide) {
        guide.escape("palette-input");
        guide.show(Perspective.TRAFFIC);
        guide.settle();
        guide.press("workload-start");
        guide.sleep(Duration.ofSeconds(2));
        double iops = median(guide, 25);
        guide.figures().put("4 KiB random read, queue depth 64, one worker", "%,.0f IOPS".formatted(iops));
        if (iops == 0) {
            guide.trouble("the I/O worker shows no IOPS");
        }
    }

    /** The middle of as many looks at the status bar's figure, a quarter of a second apart. */
    private static double median(Guide guide, int looks) {
        double[] seen = new double[looks];
        for (int i = 0; i < looks; i++) {
            guide.sleep(Duration.ofMillis(250));
            seen[i] = guide.workbench().device().get().vitals().getValue().iops();
        }
        Arrays.sort(seen);
        return seen[looks / 2];
    }

    private static void test(Guide guide) {
        guide.press("live-stop");
        guide.settle();
        guide.show(Perspective.TEST);
        guide.open("plans", "run:smoke");
        guide.settle();
        guide.open("run", guide.folder().resolve("report"));
        guide.settle();
        Node remark = guide.node("remark"); // it names a folder of this machine
        guide.await("the remark's end", () -> !remark.isVisible());
    }

    /** A plan of rules that leave the controller alive, some reads that meet them, and their counts. */
    private static void faults(Guide guide) {
        guide.open("faults");
        DeviceSession session = guide.workbench().device().get();
        session.controller().device().simulator().orElseThrow().faults(FaultPlan.parse("""
                io opcode=read lba=1000..1999 then status=2/0x81 dnr
                io opcode=read every=3 then delay=2ms..5ms
                io opcode=write every=1000 then corrupt
                off io times=1 then hang
                off now then remove=5s
                """));
        session.ask(Stops::reads).join();
        guide.sleep(Duration.ofMillis(500));
    }

    private static boolean reads(Controller controller) {
        try (var qpair = controller.createQpair(16);
                var data = controller.device().allocate(4096)) {
            for (int i = 0; i < 64; i++) {
                controller.namespace(1).read(qpair, data, 975L + i, 1);
            }
        }
        return true;
    }
}
