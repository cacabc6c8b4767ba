# bash completion for hearsay(1). Ids of offers and mails are asked from the running node.

# What the node of this command line answers.
_hearsay_ask() {
    local dir=()
    local i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --data-dir) dir=(--data-dir "${COMP_WORDS[i + 1]}") ;;
        esac
    done
    hearsay "${dir[@]}" "$@" 2>/dev/null
}

# The first field of each row of a list, below its heading.
_hearsay_ids() {
    _hearsay_ask "$@" | sed -n '2,$s/^\([0-9a-f]\{8,\}\) .*/\1/p'
}

# What follows the verbs of lists and watches.
_hearsay_list_argument() {
    case "$1" in
        'list why') _hearsay_ids offer list ;;
        'list show' | 'list subscribe') _hearsay_ids list list ;;
        'list unsubscribe') _hearsay_ids list subscribed ;;
        'list list' | 'list new' | 'list subscribed') ;;
        'list '*) _hearsay_ids list list --mine ;;
        'watch show' | 'watch remove' | 'watch run')
            _hearsay_ask watch list | sed -n '2,$s/^\([A-Za-z0-9._-]*\)  .*/\1/p'
            ;;
    esac
}

# Names of personas, and addresses of those without one.
_hearsay_personas() {
    echo main
    _hearsay_ask identity list |
        sed -n -e 's/^      "\([^"]*\)".*/\1/p' -e 's/^  \(hsp1[a-z0-9]*\)$/\1/p'
}

_hearsay_onions() {
    _hearsay_ask peers list --all | sed -n 's/^\([a-z2-7]\{56\}\)  .*/\1.onion/p'
}

# The words that begin like the current one.
_hearsay_choose() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

# Completes the value of the option before the current word; fails if that takes none.
_hearsay_value() {
    case $prev in
        --retry) _hearsay_choose "$(_hearsay_ids mail quarantine)" ;;
        --remove)
            [[ "$group $verb" == 'mail quarantine' ]] || return 1
            _hearsay_choose "$(_hearsay_ids mail quarantine)"
            ;;
        --data-dir) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        --save) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        --who) _hearsay_choose 'anyone takers friends' ;;
        --as) _hearsay_choose "$(_hearsay_personas)" ;;
        --text-file | --payload | --attach | --picture | --passphrase-file | \
            --new-passphrase-file | --file)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            ;;
        --sort) _hearsay_choose 'newest relevance price' ;;
        --kind) _hearsay_choose 'offer post profile' ;;
        --by) _hearsay_choose "$(_hearsay_personas)" ;;
        --status) _hearsay_choose 'active reserved sold' ;;
        --currency) _hearsay_choose 'EUR USD GBP CHF BTC XMR' ;;
        --until) _hearsay_choose 'ready reachable connected synced' ;;
        --ships) _hearsay_choose 'both maker taker' ;;
        --right) _hearsay_choose 'maker taker neither' ;;
        --stars) _hearsay_choose '1 2 3 4 5' ;;
        --for) _hearsay_choose '12h 1d 7d 30d' ;;
        --lifetime) _hearsay_choose '12h 1d 7d 15d' ;;
        --timeout) _hearsay_choose '30s 5m 1h' ;;
        --side) _hearsay_choose 'offered wanted' ;;
        --condition) _hearsay_choose 'new like-new good used for-parts' ;;
        --delivery) _hearsay_choose 'pickup post courier email' ;;
        --payment) _hearsay_choose 'cash sepa xmr btc' ;;
        --price | --currency | --market | --per | --quantity | --category | --country | \
            --geohash | --language | --detail | --warning | --nickname) ;;
        --answer) _hearsay_choose "$(_hearsay_ids post list)" ;;
        --from | --items) ;;
        --contacts) _hearsay_choose '0 50 200' ;;
        --limit | --title | --text | --give | --want | --tag | --subject | --reason | \
            --stamp-bits | --at-most | --name | --terms | --arbiter | --arbiter-mailbox | \
            --type | --show | --without | --price-min | --price-max | --rated | --page) ;;
        --rating) _hearsay_choose '1 2 3 4 5' ;;
        --about) _hearsay_choose "$(_hearsay_ids offer list)" ;;
        *) return 1 ;;
    esac
}

# The options of this group and verb.
_hearsay_options() {
    local words
    words='--data-dir --json --help --version'
    case "$group $verb" in
        'status ') words+=' --watch --until --timeout' ;;
        'open ') words+=' --print --close' ;;
        'offer publish' | 'offer update')
            words+=' --title --text --text-file --side --price --currency --fixed --negotiable'
            words+=' --free --market --per --give --want --tag --quantity --condition --category'
            words+=' --country --geohash --delivery --payment --language --detail --warning'
            words+=' --lifetime --stamp-bits --picture'
            words+=' --renew'
            [[ $verb == publish ]] && words+=' --as --estimate'
            ;;
        'offer renew') words+=' --stop' ;;
        'offer show') words+=' --audit' ;;
        'offer picture') words+=' --save' ;;
        'offer list' | 'profile list' | 'post list')
            words+=' --mine --limit --page --all --show-hidden'
            ;;
        'list list') words+=' --mine --limit --page --all' ;;
        'trade list') words+=' --limit --page --all' ;;
        'list new') words+=' --text --text-file' ;;
        'list publish') words+=' --as' ;;
        'list add') words+=' --hide --recommend --item --publisher --word --kind --reason' ;;
        'list remove') words+=' --item --publisher --word --kind' ;;
        'watch run') words+=' --program --timeout' ;;
        'watch add')
            words+=' --without --by --kind --tag --side --category --country --geohash'
            words+=' --condition --delivery --payment --language --status --price-min --price-max'
            words+=' --rating --rated --currency'
            ;;
        'profile set')
            words+=' --nickname --text --text-file --language --picture --contact --no-contact'
            ;;
        'post publish')
            words+=' --title --text --text-file --tag --answer --language --lifetime --as --renew'
            ;;
        'search ' | 'store ')
            words+=' --side --category --country --geohash --condition --delivery --payment'
            words+=' --language --status --price-min --price-max --sort --currency --limit --all'
            words+=' --rating --rated --show-hidden'
            [[ $group == search ]] && words+=' --without --by --kind --tag'
            ;;
        'bundle export')
            words+=' --contacts --myself --items --side --category --country --geohash'
            words+=' --condition --delivery --payment --language --status --price-min --price-max'
            words+=' --rating --rated --currency --without --by --kind --tag'
            ;;
        'offer import') words+=' --from' ;;
        'offer export' | 'trade export') words+=' --csv' ;;
        'identity show') words+=' --qr --all' ;;
        'identity words') words+=' --check' ;;
        'identity passphrase') words+=' --passphrase-file --new-passphrase-file --none' ;;
        'identity export') words+=' --file' ;;
        'identity import') words+=' --name' ;;
        'backup create' | 'backup restore') words+=' --passphrase-file' ;;
        'mail send') words+=' --subject --text --text-file --lifetime --attach --as' ;;
        'mail read') words+=' --save' ;;
        'mail quarantine') words+=' --retry --remove' ;;
        'mailbox rule') words+=' --who --stamp-bits --at-most' ;;
        'friends add') words+=' --name' ;;
        'mail list') words+=' --unread --from --about --trades --limit --page --all' ;;
        'trade take' | 'trade counter')
            words+=' --text --text-file --give --want --terms --ships --arbiter'
            ;;
        'trade accept' | 'trade pay-info' | 'trade shipped' | 'trade text')
            words+=' --text --text-file --payload --type'
            ;;
        'trade decline' | 'trade received' | 'trade close') words+=' --text --text-file' ;;
        'trade dispute') words+=' --text --text-file --all --show --arbiter-mailbox' ;;
        'trade evidence') words+=' --all --show --arbiter-mailbox' ;;
        'trade rule') words+=' --text --text-file --right' ;;
        'rate ') words+=' --thing --stars --text --text-file --remove' ;;
        'ratings ') words+=' --thing' ;;
        'peers list') words+=' --all' ;;
        'peers ban') words+=' --for --reason' ;;
    esac
    echo "$words"
}

# The words that may follow this group.
_hearsay_verbs() {
    local words=
    case $group in
        identity) words='show list new words passphrase export import retire recover' ;;
        backup) words='create restore' ;;
        offer) words='publish update mark renew list show picture remove import export' ;;
        bundle) words='export import' ;;
        profile) words='set show list remove' ;;
        post) words='publish list show remove' ;;
        list)
            words='list show new add remove delete publish unpublish subscribe unsubscribe'
            words+=' subscribed why'
            ;;
        watch) words='list show add remove run' ;;
        mail) words='send list read withdraw remove quarantine' ;;
        mailbox) words='rule publish withdraw' ;;
        friends) words='list add remove' ;;
        trade)
            words='take list show accept decline counter confirm pay-info shipped received'
            words+=' dispute evidence text close rule payload remove export'
            ;;
        rate) words=$(_hearsay_ids trade list) ;;
        peers) words='list show add remove ban unban' ;;
    esac
    echo "$words"
}

_hearsay() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local group= verb= arguments=0 i
    local single='^(status|doctor|stop|open|rate|ratings|search|store|version)$'
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --data-dir | --until | --timeout | --limit | --title | --text | --text-file | --give | \
                --want | --tag | --lifetime | --subject | --for | --reason | --attach | --save | \
                --who | --stamp-bits | --at-most | --name | --as | --terms | --ships | --arbiter | \
                --arbiter-mailbox | --payload | --type | --show | --right | --stars | \
                --passphrase-file | --new-passphrase-file | --file | --retry | --page | \
                --from | --about | --side | --price | --currency | --market | \
                --per | --quantity | --condition | --category | --country | --geohash | \
                --delivery | --payment | --language | --detail | --warning | --nickname | \
                --answer | --without | --by | --kind | --sort | --status | --price-min | \
                --price-max | --rating | --rated | --items | --contacts | --picture)
                ((i++))
                ;;
            -*) ;;
            *)
                if [[ -z $group ]]; then
                    group=${COMP_WORDS[i]}
                elif [[ -z $verb && ! $group =~ $single ]]; then
                    verb=${COMP_WORDS[i]}
                else
                    ((++arguments))
                fi
                ;;
        esac
    done

    _hearsay_value && return

    local words=
    if [[ $cur == -* ]]; then
        words=$(_hearsay_options)
    elif [[ -z $group ]]; then
        words='help status doctor stop open identity offer search store profile post list watch'
        words+=' mail mailbox friends trade rate ratings bundle peers backup version'
    elif [[ -z $verb ]]; then
        words=$(_hearsay_verbs)
    elif [[ "$group $verb" == 'offer mark' && $arguments == 1 ]]; then
        words='active reserved sold'
    elif ((arguments == 0)); then
        case "$group $verb" in
            'offer show' | 'offer picture' | 'mail send') words=$(_hearsay_ids offer list) ;;
            'offer remove' | 'offer update' | 'offer mark' | 'offer renew')
                words=$(_hearsay_ids offer list --mine)
                ;;
            'identity show' | 'identity export' | 'identity retire' | 'profile set' | \
                'profile show' | 'profile remove')
                words=$(_hearsay_personas)
                ;;
            'post show') words=$(_hearsay_ids post list) ;;
            'list '* | 'watch '*) words=$(_hearsay_list_argument "$group $verb") ;;
            'post remove') words=$(_hearsay_ids post list --mine) ;;
            'backup create' | 'backup restore' | 'bundle export' | 'bundle import' | \
                'offer import' | 'offer export' | 'trade export')
                mapfile -t COMPREPLY < <(compgen -f -- "$cur")
                return
                ;;
            'mail read' | 'mail withdraw' | 'mail remove') words=$(_hearsay_ids mail list) ;;
            'mailbox rule') words='main' ;;
            'trade take') words=$(_hearsay_ids offer list) ;;
            'trade list') ;;
            'trade '*) words=$(_hearsay_ids trade list) ;;
            'peers show' | 'peers remove' | 'peers ban' | 'peers unban') words=$(_hearsay_onions) ;;
        esac
    fi
    _hearsay_choose "$words"
}

complete -F _hearsay hearsay
