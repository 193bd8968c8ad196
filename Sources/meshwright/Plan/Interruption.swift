import Dispatch
import Foundation
import Synchronization

/// Turns Ctrl-C into a flag that a long computation asks for; a second Ctrl-C ends the process at once.
final class Interruption {
    private let flag = StopFlag()
    private let source: any DispatchSourceSignal

    /// Listens from now on.
    init() {
        // The default action would end the process before the source hears of the signal.
        signal(SIGINT, SIG_IGN)
        // A queue of its own has a thread of its own: those of the shared ones are busy searching.
        source = DispatchSource.makeSignalSource(signal: SIGINT, queue: DispatchQueue(label: "interruption", qos: .userInteractive))
        source.setEventHandler { [flag] in
            if flag.raise() { exit(ExitStatus.interrupted.rawValue) }
        }
        source.resume()
    }

    /// Gives Ctrl-C its usual meaning back.
    func stop() {
        source.cancel()
        signal(SIGINT, SIG_DFL)
    }

    /// Tells any thread whether Ctrl-C was pressed.
    var isRequested: @Sendable () -> Bool {
        { [flag] in flag.isRaised }
    }
}

/// A flag that any thread may raise.
private final class StopFlag: Sendable {
    private let value = Atomic(false)

    var isRaised: Bool { value.load(ordering: .relaxed) }

    /// Raises the flag; true where it was up already.
    func raise() -> Bool { value.exchange(true, ordering: .relaxed) }
}
