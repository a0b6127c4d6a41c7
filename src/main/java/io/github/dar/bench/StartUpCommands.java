package io.github.dar.bench;

import java.util.List;

/**
 * How this program is started in another process.
 *
 * @param program a short command of it
 * @param java the same Java with nothing to do
 */
public record StartUpCommands(List<String> program, List<String> java) {}
