package dev.doorbell.app.shell;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.doorbell.app.model.ConsoleLog;
import java.time.Instant;
import org.slf4j.LoggerFactory;

/** Brings what the program logs into the Console view. */
final class ConsoleAppender extends AppenderBase<ILoggingEvent> {
    private static final String NAME = "console-view";

    /** Does nothing when the log goes elsewhere than to Logback. */
    static void install() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            var appender = new ConsoleAppender();
            appender.setName(NAME);
            appender.setContext(context);
            appender.start();
            root(context).addAppender(appender);
        }
    }

    static void uninstall() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            root(context).detachAppender(NAME);
        }
    }

    private static Logger root(LoggerContext context) {
        return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Override
    protected void append(ILoggingEvent event) {
        var trace =
                event.getThrowableProxy() == null ? "" : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
        var logger = event.getLoggerName();
        ConsoleLog.shared()
                .add(new ConsoleLog.Line(
                        Instant.ofEpochMilli(event.getTimeStamp()),
                        ConsoleLog.Level.valueOf(event.getLevel().toString()),
                        logger.substring(logger.lastIndexOf('.') + 1),
                        event.getFormattedMessage() + trace));
    }
}
