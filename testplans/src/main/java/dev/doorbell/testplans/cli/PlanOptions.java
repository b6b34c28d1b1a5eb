package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.Binding;
import dev.doorbell.driver.Elevation;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** What bind, unbind, remove and rescan have in common: show what is to be done, or do it as root. */
final class PlanOptions {
    @Option(names = "--dry-run", description = "Print what would be written, and write nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    int carryOut(Binding.Plan plan, PrintWriter out) {
        if (!dryRun) {
            Elevation.available(true).orElseThrow(() -> Elevation.missing(plan)).run(plan);
        }
        if (json) {
            print(plan, out);
        } else if (plan.steps().isEmpty()) {
            out.println(plan.title() + "; nothing to do.");
        } else if (dryRun) {
            text(plan, out);
        } else {
            out.println(plan.title() + ": done.");
        }
        return ExitCodes.OK;
    }

    private static void text(Binding.Plan plan, PrintWriter out) {
        out.println(plan.title() + ", as root:");
        for (Binding.Step step : plan.steps()) {
            out.println("  # " + step.what());
            out.println("  " + step.command());
        }
    }

    private void print(Binding.Plan plan, PrintWriter out) {
        ObjectNode root = Json.object()
                .put("function", plan.function())
                .put("title", plan.title())
                .put("done", !dryRun && !plan.steps().isEmpty());
        ArrayNode steps = root.putArray("steps");
        for (Binding.Step step : plan.steps()) {
            steps.addObject().put("what", step.what()).put("command", step.command());
        }
        Json.print(root, out);
    }
}
