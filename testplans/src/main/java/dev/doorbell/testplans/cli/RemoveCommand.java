package dev.doorbell.testplans.cli;

import dev.doorbell.driver.Binding;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        description = "Takes a function out of the system, as before it is pulled out of its slot.")
final class RemoveCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FUNCTION", description = "Its PCI address, 0000:01:00.0.")
    private String function;

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.carryOut(
                new Binding().remove(function), spec.commandLine().getOut());
    }
}
