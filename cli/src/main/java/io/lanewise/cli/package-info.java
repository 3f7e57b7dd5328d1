/**
 * The command line: {@link io.lanewise.cli.Main}, and a class for each command. It is for people;
 * programs call the modules below it.
 */
package io.lanewise.cli;
