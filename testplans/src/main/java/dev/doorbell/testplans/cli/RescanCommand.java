package dev.doorbell.testplans.cli;

import dev.doorbell.driver.Binding;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "rescan",
        mixinStandardHelpOptions = true,
        description = "Looks for functions that are new on the PCI buses, or were removed.")
final class RescanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FUNCTION",
            arity = "0..1",
            defaultValue = "",
            description = "One that has to be there afterwards, 0000:01:00.0.")
    private String function;

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.carryOut(
                new Binding().rescan(function), spec.commandLine().getOut());
    }
}
