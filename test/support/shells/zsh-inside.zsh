# An interactive zsh that prints what TAB offers, and ends. $1: the folder that has _kinora in it.
PROMPT=
stty -echo
fpath=($1 $fpath)
autoload -Uz compinit && compinit -u -D
bindkey '^I' complete-word
begin_offer() { print -r -- $'\n<offered' }
end_offer() { print -r -- 'offered>'; exit }
compprefuncs=(begin_offer)
comppostfuncs=(end_offer)
# Whatever is offered goes through this builtin; with -O, -A or -D it only sorts out arrays.
compadd() {
  local -a offered
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    builtin compadd -A offered "$@"
    (( $#offered )) && print -rl -- "${(@Q)offered}"
  fi
  builtin compadd "$@"
}
print READY
