package dev.doorbell.testplans.cli;

import dev.doorbell.driver.Binding;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "unbind",
        mixinStandardHelpOptions = true,
        description = "Gives a function back to the driver that it had before it was bound.")
final class UnbindCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FUNCTION", description = "Its PCI address, 0000:01:00.0.")
    private String function;

    @Mixin
    private PlanOptions options;

    @Override
    public Integer call() {
        return options.carryOut(
                new Binding().unbind(function), spec.commandLine().getOut());
    }
}
