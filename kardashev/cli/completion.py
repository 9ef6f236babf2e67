"""The command that prints what makes a shell complete commands and options."""

import click
from click.shell_completion import shell_complete

VARIABLE = "_KARDASHEV_COMPLETE"


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context, shell):
    """Print a shell's completion script.

    With it bash, zsh or fish completes commands, options and their choices at the Tab key.

    \b
    examples:
      kardashev completion bash > ~/.local/share/bash-completion/completions/kardashev
      kardashev completion zsh >> ~/.zshrc
      kardashev completion fish > ~/.config/fish/completions/kardashev.fish
    """
    commands = context.find_root().command
    return shell_complete(commands, {}, commands.name, VARIABLE, f"{shell}_source")
