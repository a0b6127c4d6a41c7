/** One class a command: parse, call, report. May depend on everything; nothing depends on it. */
package io.github.dar.cli;
