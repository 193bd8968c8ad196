/// The texts of the programs that stand in for launchers.
enum StandInPrograms {
    /// Stands in for one launcher, by its name.
    static func launcher(_ name: String) -> String {
        "#!/bin/sh\nexec /bin/sh \"$MESHWRIGHT_CAPTURE_HOME/recorder\" \(name) \"$@\"\n"
    }

    /// What bash reads before a script and does before each command: an environment that was activated on the way stands behind the stand-ins.
    static let first = """
        set -T
        trap 'case $PATH in "$MESHWRIGHT_CAPTURE_HOME/bin:"*) ;; *) PATH=$MESHWRIGHT_CAPTURE_HOME/bin:$PATH ;; esac' DEBUG

        """

    /// Writes name, folder, number of arguments, arguments and environment, each ended by a zero byte, into a file of its own, and beside it the
    /// configuration files that the arguments name, with the files that those name.
    ///
    /// Python's own tools and what only asks a package manager go to the real programs, since scripts compute with them. A script of the shell
    /// behind a launcher is run, as the first of its tasks.
    static let recorder = #"""
        #!/bin/sh
        name=$1
        shift
        real() {
            PATH=$MESHWRIGHT_CAPTURE_PATH
            if command -v "$name" >/dev/null; then exec "$name" "$@"; fi
            exit "$absent"
        }
        absent=127
        case $name in
        python*)
            case "${1:-}" in ''|-|-c|--version|-V) real "$@" ;; esac
            case "${1:-} ${2:-}" in '-m json.tool'|'-m pip'|'-m venv'|'-m site'|'-m sysconfig') real "$@" ;; esac ;;
        conda|mamba|micromamba|uv|poetry|pdm|pipenv|hatch|pixi)
            absent=0
            if [ "${1:-}" != run ]; then real "$@"; fi ;;
        esac

        file=$MESHWRIGHT_CAPTURE_HOME/started/$(date +%s%N).$$
        mkdir -p "$file.files"
        count=0
        keep() {
            [ -f "$1" ] && [ -r "$1" ] && [ "$(wc -c <"$1")" -le 1048576 ] || return 1
            count=$((count + 1))
            printf '%s' "$2" >"$file.files/$count.name"
            cp "$1" "$file.files/$count.text"
        }
        configuration() {
            keep "$1" "$1" || return 0
            folder=$(dirname "$1")
            # Names with blanks are not followed.
            for inner in $(grep -oE "[^][[:space:]\"':,=(){}]+\.(json|ya?ml|toml)" "$1"); do
                keep "$inner" "$inner" || keep "$folder/$inner" "$inner" || :
            done
        }
        before=
        for word; do
            value=$word
            case $word in --*=*) before=${word%%=*} value=${word#*=} ;; esac
            case $before in
            -H|--*config*|--*cfg*|--*deepspeed*|--*hostfile*|--*fsdp*|--*accelerate*) configuration "$value" ;;
            -*) ;;
            *) case $value in *.yaml|*.yml|*.toml|*.json) configuration "$value" ;; esac ;;
            esac
            before=$word
        done

        inner=0
        case $name in
        srun|salloc|mpirun|mpiexec|mpiexec.hydra|orterun|prun|jsrun|lrun|flux|aprun|ibrun|numactl|taskset|nsys|ncu|conda|mamba|micromamba|uv|\
        poetry|pdm|pipenv|hatch|pixi)
            at=0
            for word; do
                at=$((at + 1))
                case ${word##*/} in
                bash|sh) inner=$at; break ;;
                *.sh|*.bash|*.slurm|*.sbatch) if [ -f "$word" ]; then inner=$at; fi; break ;;
                python*|torchrun|deepspeed|accelerate|*.py) break ;;
                esac
            done ;;
        esac
        if [ "$inner" -gt 0 ]; then
            {
                printf '%s\0' "$name"
                while [ "$inner" -gt 1 ]; do
                    printf '%s\0' "$1"
                    shift
                    inner=$((inner - 1))
                done
            } >"$file.outer"
            export MESHWRIGHT_CAPTURE_OUTER="${MESHWRIGHT_CAPTURE_OUTER:+$MESHWRIGHT_CAPTURE_OUTER:}$file.outer"
            case $name in
            srun) export SLURM_PROCID="${SLURM_PROCID:-0}" SLURM_LOCALID="${SLURM_LOCALID:-0}" SLURM_NODEID="${SLURM_NODEID:-0}" ;;
            mpirun|mpiexec|orterun|prun)
                export OMPI_COMM_WORLD_RANK="${OMPI_COMM_WORLD_RANK:-0}" OMPI_COMM_WORLD_LOCAL_RANK="${OMPI_COMM_WORLD_LOCAL_RANK:-0}" ;;
            esac
            case ${1##*/} in
            bash|sh) exec "$@" ;;
            *) exec bash "$@" ;;
            esac
        fi
        { printf '%s\0' "$name" "$PWD" "$#" "$@"; env -0; } >"$file.part" && mv "$file.part" "$file.start"

        """#

    /// A batch job is its script: that is run, with Slurm's variables as its `#SBATCH` lines and the options before its name set them.
    static let submission = #"""
        #!/bin/sh
        options=
        while [ $# -gt 0 ] && [ ! -f "$1" ]; do
            case $1 in --wrap=*) exec sh -c "${1#--wrap=}" ;; --wrap) exec sh -c "$2" ;; esac
            options="$options $1"
            shift
        done
        if [ $# -eq 0 ]; then exit 1; fi
        nodes= each= tasks= gpus=
        before=
        for word in $(sed -n 's/^#SBATCH//p' "$1") $options; do
            case $word in
            --*=*) key=${word%%=*} value=${word#*=} ;;
            -[Nn][0-9]*) key=${word%"${word#-?}"} value=${word#-?} ;;
            -*) key= value= ;;
            *) key=$before value=$word ;;
            esac
            case $key in
            -N|--nodes) nodes=${value%%-*} ;;
            -n|--ntasks) tasks=$value ;;
            --ntasks-per-node) each=$value ;;
            --gpus-per-node) gpus=${value##*:} ;;
            --gres) case $value in gpu*) value=${value%%,*} gpus=${value##*:} ;; esac ;;
            esac
            before=$word
        done
        number() { case $2 in ''|*[!0-9]*) ;; *) export "$1=$2" ;; esac; }
        for variable in SLURM_NNODES SLURM_JOB_NUM_NODES; do number $variable "$nodes"; done
        for variable in SLURM_GPUS_PER_NODE SLURM_GPUS_ON_NODE; do number $variable "$gpus"; done
        number SLURM_NTASKS_PER_NODE "$each"
        if [ -z "$tasks" ] && [ -n "$nodes" ] && [ -n "$each" ]; then tasks=$((nodes * each)); fi
        for variable in SLURM_NTASKS SLURM_NPROCS; do number $variable "$tasks"; done
        export SLURM_JOB_ID="${SLURM_JOB_ID:-1}" SLURM_SUBMIT_DIR="$PWD" SLURM_PROCID=0 SLURM_LOCALID=0 SLURM_NODEID=0
        exec bash "$@"

        """#

    /// What Slurm's own program says of the nodes of a job that has not started: names in their order. All else is for the real program.
    static let nodes = #"""
        #!/bin/sh
        PATH=$MESHWRIGHT_CAPTURE_PATH
        if [ "${1:-} ${2:-}" = "show hostnames" ] && [ -z "${3:-$SLURM_JOB_NODELIST}" ]; then
            node=0
            while [ "$node" -lt "${SLURM_NNODES:-1}" ]; do
                echo "node$node"
                node=$((node + 1))
            done
        elif command -v scontrol >/dev/null; then
            exec scontrol "$@"
        fi

        """#

    /// Does nothing, in place of what only sets an environment up.
    static let nothing = "#!/bin/sh\nexit 0\n"

    /// Lists GPUs, one a line.
    static func devices(_ count: Int) -> String {
        "#!/bin/sh\n" + (0..<count).map { "echo 'GPU \($0)'\n" }.joined()
    }
}
