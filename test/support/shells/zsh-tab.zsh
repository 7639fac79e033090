# Types $2 and TAB into an interactive zsh on a terminal of its own, and prints what that says. $1: see zsh-inside.zsh.
zmodload zsh/zpty
zpty inner zsh -f -i
zpty -w inner "source ${0:a:h}/zsh-inside.zsh ${(q)1}"
zpty -r inner said '*READY*'
zpty -w -n inner "$2"$'\t'
while zpty -r inner line; do print -r -- "$line"; done
