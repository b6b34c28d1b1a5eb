package dev.doorbell.app.views.command;

import dev.doorbell.plugin.Action;
import dev.doorbell.plugin.ActionContribution;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;
import java.util.List;

/** Sending from menu, toolbar and palette. */
public final class CommandActions implements ActionContribution {
    @Override
    public List<Action> actions(Workbench workbench) {
        Texts texts = Texts.of(CommandActions.class);
        return List.of(Action.of("command.send", texts.get("send"), () -> send(workbench))
                .icon("mdi2s-send")
                .menu("command", 105)
                .keywords("execute submit")
                .enabledWhen(workbench.device().isNotNull()));
    }

    private static void send(Workbench workbench) {
        workbench.navigation().open("command");
        workbench.shared(CommandDesk.class, CommandDesk::new).requestSend();
    }
}
