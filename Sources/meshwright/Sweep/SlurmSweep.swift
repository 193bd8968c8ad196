import Foundation
import Reports

/// A Slurm job array that searches a study in parts, each with a store of its own.
struct SlurmSweep {
    let parts: SweepParts

    /// Writes the batch script into a folder, and says what to do with it.
    func write(to folder: String) throws -> String {
        let place = try parts.folder(folder)
        let script = "\(place)/sweep.sbatch"
        try AtomicFile.write(Array(text(in: place).utf8), to: script)
        return """
            sbatch \(ShellWord.quoted(script))
            meshwright sweep gather \(ShellWord.quoted(path)) \(ShellWord.quoted(place))/shard-*.sqlite --store \(ShellWord.quoted(place + "/whole.sqlite"))
            """
    }

    private var path: String { URL(filePath: parts.study).standardizedFileURL.path }

    /// The script; a part that was stopped goes on with the cell that it was at.
    private func text(in place: String) -> String {
        """
        #!/bin/bash
        #SBATCH --job-name=meshwright-sweep
        #SBATCH --array=1-\(parts.shards)
        #SBATCH --ntasks=1
        #SBATCH --cpus-per-task=\(parts.cores)
        #SBATCH --mem=1G
        #SBATCH --requeue
        #SBATCH --open-mode=append
        #SBATCH --output=\(ShellWord.quoted(place.replacing("%", with: "%%") + "/shard-%a.log"))
        set -eu
        # Models and clusters that the study names by path lie where it was written.
        cd \(ShellWord.quoted(FileManager.default.currentDirectoryPath))
        part=$SLURM_ARRAY_TASK_ID
        exec meshwright sweep \(ShellWord.quoted(path)) --shard "$part/\(parts.shards)" --threads "$SLURM_CPUS_PER_TASK" \\
          --store \(ShellWord.quoted(place))/shard-"$part".sqlite --format csv

        """
    }
}
