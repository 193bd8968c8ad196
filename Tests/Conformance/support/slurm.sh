# A Slurm of one machine with four pretended nodes, alpha to delta, for the shell that reads this. Leaves with 77 where there is none.
# Usage: . ../support/slurm.sh; start_slurm FOLDER, an empty folder for its state; started_slurm holds the processes to end.
PATH="$PATH:/usr/sbin"
for tool in slurmctld slurmd munged sbatch; do
  command -v $tool > /dev/null || { echo "needs Slurm and munge (apt-get install slurm-wlm munge)"; exit 77; }
done
[ "$(id -u)" = 0 ] || { echo "needs root, to start several slurmd"; exit 77; }
started_slurm=()

# Starts one node; NODE is its name.
start_node() {
  slurmd -D -N "$1" >> "$slurm_folder/slurmd.$1.log" 2>&1 &
  started_slurm+=($!)
}

# Waits until all four nodes take jobs.
await_nodes() {
  for _ in $(seq 30); do
    [ "$(sinfo -h -o %T 2> /dev/null)" = idle ] && return 0
    sleep 1
  done
  return 1
}

start_slurm() {
  slurm_folder="$1"
  local host node
  host="$(hostname -s)"
  mkdir -p "$slurm_folder"/{state,spool}
  # munge signs Slurm's messages.
  if ! munge -n > /dev/null 2>&1; then
    mkdir -p /run/munge && chown munge: /run/munge
    runuser -u munge -- munged -F > "$slurm_folder/munge.log" 2>&1 &
    started_slurm+=($!)
    sleep 2
    munge -n > /dev/null 2>&1 || { echo "munge does not start: $(tail -n 1 "$slurm_folder/munge.log")"; exit 77; }
  fi
  # A job that is requeued waits until its old credential has expired; a node that is silent for 10 s is down.
  cat > "$slurm_folder/slurm.conf" << CONF
ClusterName=meshwright
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthInfo=cred_expire=5
StateSaveLocation=$slurm_folder/state
SlurmdSpoolDir=$slurm_folder/spool/%n
SlurmctldPidFile=$slurm_folder/slurmctld.pid
SlurmdPidFile=$slurm_folder/slurmd.%n.pid
SlurmctldPort=36817
SlurmdTimeout=10
KillWait=2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SlurmdParameters=config_overrides
NodeName=alpha,beta,gamma,delta NodeHostName=$host NodeAddr=127.0.0.1 Port=[36821-36824] CPUs=16 RealMemory=8192 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF="$slurm_folder/slurm.conf"
  slurmctld -D > "$slurm_folder/slurmctld.log" 2>&1 &
  started_slurm+=($!)
  for node in alpha beta gamma delta; do
    mkdir -p "$slurm_folder/spool/$node"
    start_node "$node"
  done
  await_nodes || { echo "Slurm does not start here:"; tail -n 3 "$slurm_folder"/slurm*.log; exit 77; }
}
