import Foundation
import Interchange

/// Programs that stand in for launchers and write down how they are called instead of starting anything.
struct StandIns {
    /// The folder with the programs, what they write down, and what they share.
    private let home: URL
    private var programs: URL { home.appending(path: "bin") }
    private var records: URL { home.appending(path: "started") }

    /// What launches trainings and is written down.
    static let launchers = [
        "torchrun", "deepspeed", "accelerate", "srun", "salloc", "mpirun", "mpiexec", "mpiexec.hydra", "orterun", "prun", "jsrun", "lrun",
        "flux", "aprun", "ibrun", "pdsh", "ssh", "python", "python3", "ipython", "singularity", "apptainer", "docker", "podman", "enroot",
        "numactl", "taskset", "nsys", "ncu", "conda", "mamba", "micromamba", "uv", "poetry", "pdm", "pipenv", "hatch", "pixi", "tune",
        "llamafactory-cli", "axolotl", "trl", "composer", "colossalai", "horovodrun", "dlrover-run",
    ]

    /// Versions of Python that scripts name.
    private static let pythons = (8...14).map { "python3.\($0)" }

    /// Makes the programs in a folder of their own; `gpus` is what nvidia-smi lists, `outer` the environment in which all is run.
    init(in folder: URL, gpus: Int, outer: [String: String]) throws {
        home = folder
        let files = FileManager.default
        for place in [programs, records] { try files.createDirectory(at: place, withIntermediateDirectories: true) }
        for name in Self.launchers + Self.pythons { try write(StandInPrograms.launcher(name), as: name) }
        try write(StandInPrograms.submission, as: "sbatch")
        try write(StandInPrograms.devices(gpus), as: "nvidia-smi")
        try write(StandInPrograms.nodes, as: "scontrol")
        // A machine without modules lacks their command.
        let there = Self.path(outer).split(separator: ":").contains { files.isExecutableFile(atPath: "\($0)/module") }
        if !there { try write(StandInPrograms.nothing, as: "module") }
        try StandInPrograms.recorder.write(to: home.appending(path: "recorder"), atomically: false, encoding: .utf8)
        try StandInPrograms.first.write(to: home.appending(path: "first"), atomically: false, encoding: .utf8)
    }

    private func write(_ text: String, as name: String) throws {
        let file = programs.appending(path: name)
        try text.write(to: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }

    private static func path(_ outer: [String: String]) -> String { outer["PATH"] ?? "/usr/local/bin:/usr/bin:/bin" }

    /// The environment in which a script meets the stand-ins.
    func environment(_ outer: [String: String]) -> [String: String] {
        let path = Self.path(outer)
        return outer.merging([
            "PATH": "\(programs.path):\(path)", "MESHWRIGHT_CAPTURE_HOME": home.path, "MESHWRIGHT_CAPTURE_PATH": path,
            "BASH_ENV": home.appending(path: "first").path,
        ]) { $1 }
    }

    /// What was written down, in the order in which it would have started.
    func starts() throws -> [CapturedStarts.Start] {
        let files = try FileManager.default.contentsOfDirectory(atPath: records.path).filter { $0.hasSuffix(".start") }.sorted()
        return try files.compactMap { name in
            let fields = try Self.fields(records.appending(path: name))
            guard fields.count >= 3, let count = Int(fields[2]), fields.count >= 3 + count else { return nil }
            var environment: [String: String] = [:]
            var words = [fields[0]] + fields[3..<(3 + count)]
            for field in fields[(3 + count)...] {
                guard let sign = field.firstIndex(of: "=") else { continue }
                let (variable, value) = (String(field[..<sign]), String(field[field.index(after: sign)...]))
                if variable == "MESHWRIGHT_CAPTURE_OUTER" {
                    // The launchers whose script called it, the outermost first.
                    words = try value.split(separator: ":").flatMap { try Self.fields(URL(filePath: String($0))).dropLast() } + words
                } else if CapturedStarts.keeps(variable: variable) {
                    environment[variable] = value
                }
            }
            let kept = records.appending(path: name.dropLast("start".count) + "files")
            return CapturedStarts.Start(words: words, directory: fields[1], environment: environment, files: try Self.configurations(kept))
        }
    }

    private static func fields(_ file: URL) throws -> [String] {
        try Data(contentsOf: file).split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Configuration files by the names that arguments, or other files, spell; those that are no text are left out.
    private static func configurations(_ folder: URL) throws -> [String: String] {
        var found: [String: String] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() where file.hasSuffix(".name") {
            let place = folder.appending(path: file)
            let name = try String(contentsOf: place, encoding: .utf8)
            let text = try? String(contentsOf: place.deletingPathExtension().appendingPathExtension("text"), encoding: .utf8)
            found[name] = text.map(CapturedStarts.withoutSecrets)
        }
        return found
    }
}
